using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>What a caller wants issued.</summary>
/// <param name="CustomerId">Who owes it.</param>
/// <param name="Lines">1 to 2,000 lines.</param>
/// <param name="InvoiceDate">Document date; without it today in the legal entity's calendar.</param>
/// <param name="Currency">ISO 4217; without it that of the customer's account.</param>
/// <param name="OrderReference">The order it bills.</param>
/// <param name="PurchaseOrder">The buyer's order number.</param>
/// <param name="Terms">Without them the agreed terms; others are accepted and flagged.</param>
/// <param name="Deposits">What was paid ahead and is netted; only where an invoice is issued by itself.</param>
/// <param name="ContractReference">The contract it bills under.</param>
/// <param name="ExternalNumber">Under which another system has billed it, and people pay it.</param>
public sealed record IssueInvoice(
    Guid CustomerId, IReadOnlyList<IssueInvoiceLine> Lines, DateOnly? InvoiceDate = null, string? Currency = null,
    string? OrderReference = null, string? PurchaseOrder = null, string? Terms = null,
    IReadOnlyList<NettedDeposit>? Deposits = null, string? ContractReference = null, string? ExternalNumber = null);

/// <summary>A deposit that an invoice is to be netted with.</summary>
/// <param name="DepositId">Of the same customer.</param>
/// <param name="Amount">Tax included; without it as much as is paid on it and open on the invoice.</param>
public sealed record NettedDeposit(Guid DepositId, decimal? Amount = null);

/// <summary>What issuing must know of the customer and its legal entity.</summary>
/// <param name="Calendar">Working days for due dates; null where they stay.</param>
/// <param name="Currency">Of the account, or of the document that is billed to it.</param>
/// <param name="DiscountGraceDays">Days after a discount date on which the customer may still deduct.</param>
public sealed record BillingAccount(
    Guid CustomerId, string Currency, string Terms, TaxRounding TaxRounding, Books Books,
    WorkingCalendar? Calendar = null, int DiscountGraceDays = 0, CustomerStatus Status = CustomerStatus.Active)
{
    /// <summary>Which days take a document of whoever asks.</summary>
    public AccountingCalendar Periods { get; init; } = AccountingCalendar.Initial;

    /// <summary>Which cash discounts it may deduct; null for those that are earned.</summary>
    public DiscountClause? Discounts { get; init; }

    /// <summary>In what order the parts of its documents are settled; null for the standard one.</summary>
    public ApplicationRules? ApplicationRules { get; init; }

    /// <summary>
    /// What one unit of its currency is in the books on the day of the document; null where nobody knows.
    /// </summary>
    public ExchangeRate? Rate { get; init; }

    /// <summary>Its currency is not that of the books.</summary>
    public bool IsForeign => Currency != Books.BaseCurrency;

    /// <summary>As somebody with these roles may use it.</summary>
    public BillingAccount For(IReadOnlySet<string> roles) => this with { Periods = Periods.For(roles) };

    /// <summary>
    /// As a document in this currency is billed to it: what its contract says in sums of money holds in its own
    /// currency alone, and the rate is not known yet. It stays as it is for its own currency, null, and what is no
    /// currency.
    /// </summary>
    public BillingAccount In(string? currency) =>
        currency == Currency || !Kernel.Currency.TryOf(currency, out _) ? this : this with
        {
            Currency = currency,
            Discounts = Discounts?.InOtherCurrency(),
            Rate = null,
        };
}

/// <summary>
/// An invoice that may be issued: checked and priced, everything but its number. Only what has come this far draws a
/// number, so a refused invoice leaves no hole in the series.
/// </summary>
public sealed record InvoiceDraft(
    Guid CustomerId, DateOnly InvoiceDate, string Terms, string AgreedTerms, string? OrderReference,
    string? PurchaseOrder, IReadOnlyList<InvoiceLine> Lines, Money Net, Money Tax, Money Total,
    IReadOnlyList<Installment> Installments, Books Books, DocumentKind Kind = DocumentKind.Invoice,
    Guid? Corrects = null, CustomerStatus CustomerStatus = CustomerStatus.Active, bool Adjusting = false,
    ExchangeRate? Rate = null, string? ContractReference = null)
{
    /// <summary>What late fees and interest it bills; null where it bills none by a contract.</summary>
    public IReadOnlyList<ChargedItem>? Charges { get; init; }

    private const int MaxLines = 2_000;

    /// <summary>Another system has billed it, and sent it to the customer.</summary>
    public bool Imported { get; init; }

    /// <summary>In what order its parts are settled, by its kind; null for the standard one.</summary>
    public ApplicationRules? ApplicationRules { get; init; }

    /// <summary>Its number in another system that has billed it, or null.</summary>
    public string? ExternalNumber { get; init; }

    /// <summary>Subscriptions are billed before their month; further ahead is a slip of the pen.</summary>
    private const int MaxDaysAhead = 31;

    private static readonly DateOnly Earliest = new(2000, 1, 1);

    /// <summary>The total in the books' currency; null where that is the invoice's.</summary>
    public Money? BaseTotal => Rate?.Of(Total, Kernel.Currency.Of(Books.BaseCurrency));

    /// <summary>The date of the document: the wished one, or the first open day from today on.</summary>
    public static DateOnly DateOf(IssueInvoice wish, BillingAccount account, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(account);
        return wish.InvoiceDate ?? account.Periods.PostingDay(now.DateIn(account.Books.TimeZone));
    }

    /// <summary>The draft, or the first reason why there is none.</summary>
    public static (InvoiceDraft? Draft, Refusal? Refusal) Of(
        IssueInvoice wish, BillingAccount account, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(account);
        account = account.In(wish.Currency);
        var currency = Kernel.Currency.Of(account.Currency);
        var today = now.DateIn(account.Books.TimeZone);
        var date = DateOf(wish, account, now);
        if (Check(wish, account, date, today, currency) is { } refusal)
            return (null, refusal);

        var lines = InvoicePricing.Price(wish.Lines, currency, account.TaxRounding, account.Books.Accounts.Revenue);
        if (lines.Sum(line => line.Net.Amount + line.Tax.Amount) >= Money.Limit)
            return (null, InvoiceRefusals.TooLarge("/lines"));
        var net = Money.Sum(lines.Select(line => line.Net), currency);
        var tax = Money.Sum(lines.Select(line => line.Tax), currency);
        if (!(net + tax).IsPositive)
            return (null, InvoiceRefusals.NothingToBill());

        if (account.Rate?.Fits(net + tax) == false)
            return (null, InvoiceRefusals.TooLarge("/lines"));

        var terms = PaymentTerms.Parse(wish.Terms ?? account.Terms);
        var draft = new InvoiceDraft(
            account.CustomerId, date, terms.ToString(), account.Terms, wish.OrderReference, wish.PurchaseOrder,
            lines, net, tax, net + tax,
            terms.Schedule(date, net + tax, account.Calendar, account.DiscountGraceDays, account.Discounts),
            account.Books,
            CustomerStatus: account.Status, Adjusting: account.Periods.IsAdjusting(date), Rate: account.Rate,
            ContractReference: wish.ContractReference)
        {
            ExternalNumber = wish.ExternalNumber,
            ApplicationRules = account.ApplicationRules,
        };
        return (draft.InBase(), null);
    }

    /// <summary>
    /// Whether a share of it is due later than the same share of an invoice that is there already, by the due dates
    /// this has by now. As many units as there are installments may be due to rounding.
    /// </summary>
    public bool IsDueLaterThan(Invoice other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (items, share) = (other.Items().ToList(), Total.Amount / other.Issued!.Total.Amount);
        return items.Any(item =>
            (items.Where(one => one.DueDate <= item.DueDate).Sum(one => one.Amount.Amount) * share)
                - Installments.Where(due => due.DueDate <= item.DueDate).Sum(due => due.Amount.Amount)
            > Installments.Count * Total.Currency.Unit);
    }

    /// <summary>With the installments' shares of what the total is in the books' currency.</summary>
    private InvoiceDraft InBase() => BaseTotal is not { } total ? this : this with
    {
        Installments =
        [
            .. Installments.Zip(
                total.Split([.. Installments.Select(due => due.Amount.Amount)]),
                (due, share) => due with { Base = share }),
        ],
    };

    private static Refusal? Check(
        IssueInvoice wish, BillingAccount account, DateOnly date, DateOnly today, Currency currency) => wish switch
        {
            { Currency: { } asked } when asked != account.Currency =>
                InvoiceRefusals.Invalid("/currency", $"'{asked}' is not an ISO 4217 currency."),
            _ when date < Earliest || date > today.AddDays(MaxDaysAhead) =>
                InvoiceRefusals.InvoiceDate(date, Earliest, today.AddDays(MaxDaysAhead)),
            _ when account.Periods.Refuse(date, "/invoiceDate") is { } closed => closed,
            _ when account is { IsForeign: true, Rate: null } =>
                InvoiceRefusals.NoRate(account.Currency, date, account.Books),
            { Terms: { } terms } when !PaymentTerms.TryParse(terms, out _) => CustomerRefusals.Terms(terms, "/terms"),
            { OrderReference.Length: 0 or > 100 } =>
                InvoiceRefusals.Invalid("/orderReference", "The order reference has 1 to 100 characters."),
            { PurchaseOrder.Length: 0 or > 100 } =>
                InvoiceRefusals.Invalid("/purchaseOrder", "The purchase order has 1 to 100 characters."),
            { ContractReference.Length: 0 or > 100 } =>
                InvoiceRefusals.Invalid("/contractReference", "The contract reference has 1 to 100 characters."),
            { ExternalNumber.Length: 0 or > 100 } =>
                InvoiceRefusals.Invalid("/externalNumber", "The external number has 1 to 100 characters."),
            { Deposits.Count: > 0 } =>
                InvoiceRefusals.Invalid("/deposits", "Deposits are netted where an invoice is issued by itself."),
            { Lines.Count: 0 or > MaxLines } =>
                InvoiceRefusals.Invalid("/lines", $"An invoice has 1 to {MaxLines} lines."),
            _ => wish.Lines.Select((line, index) => InvoicePricing.Check(line, index, currency))
                .FirstOrDefault(refusal => refusal is not null),
        };
}
