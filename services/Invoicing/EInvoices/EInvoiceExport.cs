using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>Who sells and who buys, as an electronic invoice names them.</summary>
/// <param name="SellerCountry">Of the legal entity.</param>
public sealed record EInvoiceParties(LetterheadDefined Seller, string SellerCountry, CustomerSnapshot Buyer);

/// <summary>Says what was issued in the terms of EN 16931; nothing of it is computed again.</summary>
public static class EInvoiceExport
{
    private const string Standard = "urn:cen.eu:en16931:2017";

    /// <summary>One, in UN/ECE recommendation 20: lines here have quantities without units.</summary>
    private const string Unit = "C62";

    private static readonly string[] Categories = ["S", "Z", "E", "AE", "K", "G", "O"];

    /// <summary>An invoice, debit memo or deposit.</summary>
    /// <param name="corrects">Number of the invoice whose place it takes, or null.</param>
    /// <param name="netted">Deposits that it was netted with when it was issued; their tax is on them.</param>
    public static EInvoice Of(
        InvoiceIssued invoice, string? corrects, EInvoiceParties parties, params IReadOnlyList<DepositApplied> netted)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(parties);
        var document = Document(
            invoice.Number, invoice.InvoiceDate, invoice.Lines, invoice.Net, invoice.Tax, parties);
        decimal? prepaid = netted.Count == 0 ? null : netted.Sum(one => one.Amount.Amount);
        return document with
        {
            Totals = document.Totals with { Prepaid = prepaid, Payable = document.Totals.Payable - (prepaid ?? 0) },
            TypeCode = invoice.Kind switch
            {
                DocumentKind.DebitMemo => "383",
                DocumentKind.Deposit => "386",
                _ => corrects is null ? "380" : "384",
            },
            DueDate = invoice.Installments[0].DueDate,
            Contract = invoice.ContractReference,
            PurchaseOrder = invoice.PurchaseOrder,
            SalesOrder = invoice.OrderReference,
            PaymentTerms = Terms(invoice),
            Notes = [.. netted.Select(PaidAhead)],
            Preceding =
            [
                .. new[] { corrects }.OfType<string>(), .. netted.Select(one => one.DepositNumber).Distinct(),
            ],
            Payment = Payment(parties.Seller, invoice.Total.Currency, invoice.Number),
        };
    }

    /// <summary>A credit memo.</summary>
    /// <param name="memo">What was issued.</param>
    /// <param name="parties">Who sells and who buys.</param>
    /// <param name="chargedBackFrom">Number of the invoice that has billed the tax, where it credits a chargeback of
    /// it.</param>
    public static EInvoice Of(CreditMemoIssued memo, EInvoiceParties parties, string? chargedBackFrom = null)
    {
        ArgumentNullException.ThrowIfNull(memo);
        ArgumentNullException.ThrowIfNull(parties);
        return Document(memo.Number, memo.CreditDate, memo.Lines, memo.Net, memo.Tax, parties) with
        {
            TypeCode = "381",
            PaymentTerms = "Credited to the account",
            Preceding = (chargedBackFrom ?? memo.InvoiceNumber) is { } credited ? [credited] : [],
        };
    }

    /// <summary>
    /// The VAT category of a line: the tax code where it is one of UNTDID 5305, else standard or zero by its rate.
    /// </summary>
    public static string CategoryOf(InvoiceLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.TaxCode is { } code && Categories.Contains(code) ? code : line.TaxRate > 0 ? "S" : "Z";
    }

    private static EInvoice Document(
        string number, DateOnly date, IReadOnlyList<InvoiceLine> lines, Money net, Money tax,
        EInvoiceParties parties) => new()
        {
            Profile = Standard,
            Number = number,
            IssueDate = date,
            Currency = net.Currency.Code,
            BuyerReference = parties.Buyer.BillTo?.BuyerReference,
            Seller = Seller(parties.Seller, parties.SellerCountry),
            Buyer = Buyer(parties.Buyer),
            Lines = [.. lines.Select((line, index) => Line(line, index + 1))],
            Taxes = [.. lines.GroupBy(line => (Category: CategoryOf(line), line.TaxRate)).Select(group => new ETax(
                group.Sum(line => line.Net.Amount), group.Sum(line => line.Tax.Amount), group.Key.Category,
                Percent(group.Key.TaxRate), Exemption(group.Key.Category)))],
            Totals = new ETotals(
                Lines: net.Amount, Net: net.Amount, Tax: tax.Amount, Gross: (net + tax).Amount,
                Payable: (net + tax).Amount),
        };

    private static ELine Line(InvoiceLine line, int number) => new(
        FormattableString.Invariant($"{number}"), line.Description, line.Quantity, Unit, line.UnitPrice, null,
        line.Net.Amount, CategoryOf(line), Percent(line.TaxRate),
        line.Discount.IsZero ? [] : [new EAllowance(false, line.Discount.Amount, Reason: "Discount")]);

    private static EParty Seller(LetterheadDefined seller, string country)
    {
        var isVat = IsVat(seller.TaxId);
        return new EParty(
            seller.Name, seller.RegistrationId, isVat ? seller.TaxId : null, isVat ? null : seller.TaxId, seller.Email,
            Address(seller.Address, country));
    }

    private static EParty Buyer(CustomerSnapshot buyer) => new(
        buyer.Name, buyer.Number, IsVat(buyer.BillTo?.TaxId) ? buyer.BillTo!.TaxId : null, null,
        buyer.Contacts.FirstOrDefault(contact => contact is { Role: "accounts-payable", Email: not null })?.Email,
        Address(buyer.BillTo?.Address, buyer.Country));

    private static EAddress Address(PostalAddress? address, string country) => new(
        address?.Street, address?.Additional, address?.City, address?.PostalCode, address?.Region, country);

    private static EPayment? Payment(LetterheadDefined seller, Currency currency, string number)
    {
        if (seller.BankAccount is not { } account)
            return null;
        var isSepa = currency.Code == "EUR" && account.Length >= 15 && char.IsLetter(account[0]);
        return new EPayment(isSepa ? "58" : "30", account, seller.BankCode, number);
    }

    /// <summary>
    /// The standard has one amount for all that was prepaid (BT-113) and none for the tax in it, which the invoice over
    /// the delivery must tell (UStG § 14 (5)), so it is said in words.
    /// </summary>
    private static string PaidAhead(DepositApplied deposit) => FormattableString.Invariant(
        $"Deposit {deposit.DepositNumber} of {deposit.DepositDate:yyyy-MM-dd}: {deposit.Amount}") +
        string.Concat(deposit.Taxes.Where(tax => tax.Tax.IsPositive).Select(tax => FormattableString.Invariant(
            $", of which {tax.Tax} is VAT of {Percent(tax.TaxRate):0.####} % on {tax.Net}")));

    /// <summary>A due date has room for one installment; the others are in the words.</summary>
    private static string Terms(InvoiceIssued invoice) => invoice.Installments.Count == 1
        ? invoice.OfferedTerms
        : $"{invoice.OfferedTerms}: " + string.Join("; ", invoice.Installments.Select(due =>
            FormattableString.Invariant($"{due.Amount} until {due.DueDate:yyyy-MM-dd}") + (due.Discount is { } early
                ? FormattableString.Invariant($", {early.Rate * 100:0.####} % less until {early.Until:yyyy-MM-dd}")
                : "")));

    private static string? Exemption(string category) => category switch
    {
        "E" => "Exempt from VAT",
        "AE" => "Reverse charge",
        "K" => "Intra-community supply",
        "G" => "Export outside the EU",
        "O" => "Not subject to VAT",
        _ => null,
    };

    /// <summary>A VAT number begins with its country; a tax number of one country has no need to.</summary>
    private static bool IsVat(string? taxId) =>
        taxId is { Length: > 2 } && char.IsAsciiLetterUpper(taxId[0]) && char.IsAsciiLetterUpper(taxId[1]);

    /// <summary>0.08 is 8, without zeros that say nothing.</summary>
    private static decimal Percent(decimal rate) => rate * 100 / 1.000000000000000000000000000m;
}
