using OrderToCash.Documents;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Letterheads.Rendering;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Delivery.Rendering;

/// <summary>
/// An invoice or credit memo as it stands on paper: every word and figure as it is written there. All amounts are those
/// that were issued; none is computed from quantities and prices again.
/// </summary>
/// <param name="Facts">Number, dates and references, in the order in which they stand.</param>
/// <param name="HasDiscounts">Some line has a discount.</param>
/// <param name="HasTax">It shows its tax; a chargeback does not, for whoever shows tax twice owes it twice.</param>
/// <param name="Due">What is left to pay, or what is credited.</param>
/// <param name="Payments">When to pay how much, where that is more than one due date.</param>
public sealed record DocumentPage(
    Paper Paper, DocumentWords Words, string Title, string Number, string Currency, IReadOnlyList<string> To,
    IReadOnlyList<DocumentPage.Fact> Facts, bool HasDiscounts, bool HasTax,
    IReadOnlyList<DocumentPage.Line> Lines, string Net, IReadOnlyList<DocumentPage.Sum> Taxes, string Total,
    IReadOnlyList<DocumentPage.Sum> Netted,
    DocumentPage.Sum Due, bool HasPayments, IReadOnlyList<DocumentPage.Payment> Payments, IReadOnlyList<string> Notes)
{
    /// <summary>One fact beside the address.</summary>
    public sealed record Fact(string Name, string Value);

    /// <summary>One line.</summary>
    public sealed record Line(
        string Description, string Quantity, string UnitPrice, string? Discount, string Tax, string Amount);

    /// <summary>One row of the sums.</summary>
    public sealed record Sum(string Name, string Amount);

    /// <summary>One due date.</summary>
    public sealed record Payment(string Date, string Amount, string? Discount);

    /// <summary>The page of an issued document.</summary>
    public static DocumentPage Of(IssuedDocument document, DocumentLanguage language)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(language);
        var words = DocumentWords.Of(language);
        var buyer = document.Parties.Buyer;
        var (lines, net, total) = document.Invoice is { } invoice
            ? (invoice.Lines, invoice.Net, invoice.Total)
            : (document.CreditMemo!.Lines, document.CreditMemo.Net, document.CreditMemo.Total);
        var origin = document.Invoice?.Chargeback;
        var payments = Schedule(document).ToList();
        var isPlan = payments.Count > 1 || payments.Exists(due => due.Discount is not null);
        var paper = Paper.Of(document.Parties.Seller, document.Parties.SellerCountry, language, buyer.Number);
        return new DocumentPage(
            document.CreditMemo is null ? paper : paper.WithoutPayment(), words, words.Title(document),
            document.Number, total.Currency.Code,
            [.. AddressOf(document.SentTo ?? buyer)],
            [.. FactsOf(document, language, words, payments)],
            lines.Any(line => !line.Discount.IsZero), origin is null,
            [.. lines.Select(line => LineOf(origin is null ? line : Gross(line), language))],
            language.Number(net), [.. TaxesOf(lines, language, words)], language.Number(total),
            [.. document.Netted.Select(one => NettedOf(one, language, words))],
            new Sum(
                document.CreditMemo is null ? words.AmountDue : words.Credited,
                language.Amount(Money.Sum(document.Netted.Select(one => -one.Amount), total.Currency) + total)),
            isPlan, [.. payments.Select(due => PaymentOf(due, language, words))],
            [.. NotesOf(document, lines, language, words)]);
    }

    /// <summary>What is due when: the installments less the deposits that they were netted with at once.</summary>
    internal static IEnumerable<Installment> Schedule(IssuedDocument document) =>
        from due in document.Invoice?.Installments ?? []
        let netted = document.Netted.Where(one => one.Item.Installment == due.Number).Select(one => one.Amount)
        let open = due.Amount - Money.Sum(netted, due.Amount.Currency)
        where open.IsPositive
        select due with { Amount = open };

    private static IEnumerable<string> AddressOf(CustomerSnapshot customer) =>
        [customer.Name, .. Paper.Lines(customer.BillTo?.Address), customer.Country];

    private static IEnumerable<Fact> FactsOf(
        IssuedDocument document, DocumentLanguage language, DocumentWords words, List<Installment> payments)
    {
        var (invoice, memo, buyer) = (document.Invoice, document.CreditMemo, document.Parties.Buyer);
        (string Name, string? Value)[] facts =
        [
            (words.Number, document.Number),
            (words.Date, language.Date(invoice?.InvoiceDate ?? memo!.CreditDate)),
            (words.DueDate, payments is [var due] ? language.Date(due.DueDate) : null),
            (words.Terms, invoice is null
                ? null
                : TermsWords.Of(language, PaymentTerms.Parse(invoice.OfferedTerms))),
            (words.Customer, document.SentTo is null
                ? buyer.Number
                : string.Join(" · ", AddressOf(buyer).Prepend(buyer.Number))),
            (words.CustomerTaxId, buyer.BillTo?.TaxId),
            (words.Reference, invoice?.Chargeback?.Reference ?? buyer.BillTo?.BuyerReference),
            (words.Order, invoice?.OrderReference),
            (words.PurchaseOrder, invoice?.PurchaseOrder),
            (words.Contract, invoice?.ContractReference),
            (words.Replaces, document.Corrects),
            (words.Invoice, document.ChargedBackFrom),
            (words.Credits, memo?.InvoiceNumber),
            (words.Reason, memo is null ? null : DocumentWords.Of(language, memo.Reason)),
        ];
        return facts.Where(fact => fact.Value is not null).Select(fact => new Fact(fact.Name, fact.Value!));
    }

    private static Line LineOf(InvoiceLine line, DocumentLanguage language) => new(
        line.Description, language.Quantity(line.Quantity), language.Price(line.UnitPrice, line.Net.Currency),
        line.Discount.IsZero ? null : language.Number(-line.Discount), language.Percent(line.TaxRate),
        language.Number(line.Net));

    /// <summary>Tax included.</summary>
    private static InvoiceLine Gross(InvoiceLine line) => line with
    {
        UnitPrice = (line.Net + line.Tax).Amount,
        Net = line.Net + line.Tax,
    };

    /// <summary>The tax of each code and rate, with what it is on.</summary>
    private static IEnumerable<Sum> TaxesOf(
        IReadOnlyList<InvoiceLine> lines, DocumentLanguage language, DocumentWords words) =>
        lines.GroupBy(line => (line.TaxCode, line.TaxRate)).Where(tax => tax.Key is not (null, 0m)).Select(tax =>
        {
            var currency = tax.First().Net.Currency;
            return new Sum(
                $"{TaxName(tax.Key.TaxCode, tax.Key.TaxRate, language, words)} · " +
                    $"{language.Number(Money.Sum(tax.Select(line => line.Net), currency))}",
                language.Number(Money.Sum(tax.Select(line => line.Tax), currency)));
        });

    private static string TaxName(string? code, decimal rate, DocumentLanguage language, DocumentWords words) =>
        string.Join(" ", new[] { words.Tax, code, language.Percent(rate) }.OfType<string>());

    /// <summary>
    /// What was paid ahead, with the tax in it, which was owed with the deposit: the invoice over the delivery takes
    /// off both (directive 2006/112/EC, articles 65 and 226; in German law UStG § 14 (5)).
    /// </summary>
    private static Sum NettedOf(DepositApplied deposit, DocumentLanguage language, DocumentWords words)
    {
        var taxes = deposit.Taxes.Where(tax => (tax.TaxCode, tax.TaxRate) is not (null, 0m))
            .Select(tax => $"{TaxName(tax.TaxCode, tax.TaxRate, language, words)}: {language.Number(tax.Tax)}")
            .ToList();
        var name = $"{words.Netted} {deposit.DepositNumber}";
        return new Sum(
            taxes.Count == 0 ? name : $"{name} ({CoverLetter.Fill(words.OfWhich, string.Join(", ", taxes))})",
            language.Number(-deposit.Amount));
    }

    private static Payment PaymentOf(Installment due, DocumentLanguage language, DocumentWords words) => new(
        language.Date(due.DueDate), language.Number(due.Amount),
        due.Discount is { } discount
            ? CoverLetter.Fill(
                words.Until, $"{language.Percent(discount.Rate)} " +
                    $"({language.Number(-discount.On(due.Amount, discount.Until))})", language.Date(discount.Until))
            : null);

    /// <summary>
    /// What the law wants said: why there is no tax, and the tax in the books' currency. Of a chargeback its invoice
    /// has said that.
    /// </summary>
    private static IEnumerable<string> NotesOf(
        IssuedDocument document, IReadOnlyList<InvoiceLine> lines, DocumentLanguage language, DocumentWords words)
    {
        if (document.Invoice?.Chargeback is { } origin)
        {
            if (document.Invoice.Tax.IsPositive)
                yield return CoverLetter.Fill(words.TaxBilled, origin.InvoiceNumber);
            yield break;
        }

        foreach (var category in lines.Select(EInvoiceExport.CategoryOf).Distinct())
        {
            if (DocumentWords.Exemption(language, category) is { } exemption)
                yield return exemption;
        }

        var (rate, entry, currency) = document.Invoice is { } invoice
            ? (invoice.Rate, invoice.Entry, invoice.Total.Currency)
            : (document.CreditMemo!.Rate, document.CreditMemo.Entry, document.CreditMemo.Total.Currency);
        var tax = entry.Lines.Where(line => line.Role == AccountRoles.Tax)
            .SelectMany(line => new[] { line.BaseDebit, line.BaseCredit }).OfType<Money>()
            .Where(amount => !amount.IsZero).ToList();
        if (rate is not null && tax.Count > 0)
        {
            yield return CoverLetter.Fill(
                words.TaxInBooks, language.Amount(Money.Sum(tax, tax[0].Currency)),
                $"1 {currency} = {language.Quantity(rate.Rate)} {tax[0].Currency}");
        }
    }
}
