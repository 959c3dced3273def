using System.Text.Json.Serialization;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>What is known about a customer when a run is planned.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Number">What people call it.</param>
/// <param name="Name">Registered name.</param>
/// <param name="Currency">Currency of its account.</param>
/// <param name="Language">Language it is written to in.</param>
/// <param name="Recipient">Whom to write to; null when no contact has an address that may be used.</param>
/// <param name="Cash">Its money that is in the bank and not yet applied, and what likely is its.</param>
/// <param name="HasNoticeInFlight">A notice is prepared and neither sent nor failed.</param>
/// <param name="HasNoticeOfDay">A notice of the run's date was sent.</param>
/// <param name="Items">Its items with a balance.</param>
/// <param name="NoticeVersion">Version of the notice of the run's date: one that failed or was withdrawn is written
/// anew.</param>
/// <param name="OnHold">Kind of the hold that the whole customer is under, or null.</param>
/// <param name="Post">Where letters go, line by line, its name first; null when no address is known.</param>
/// <param name="Open">All that is open, per currency; null where that is its items.</param>
/// <param name="LastNoticeOn">The last day a notice went out or was made ready to be posted, or null.</param>
/// <param name="HasWorkOfDay">A step of the run's date that is no writing was handed over.</param>
/// <param name="WorkVersion">Version of what is handed over instead of a notice on the run's date.</param>
/// <param name="Segment">E.g. <c>enterprise</c>, or null.</param>
/// <param name="Country">ISO 3166 alpha-2, or null.</param>
/// <param name="Given">What persons gave it and those merged into it, or null.</param>
/// <param name="ReminderFee">What its contract lets be charged for a notice, or null for nothing.</param>
/// <param name="Charged">Steps whose fee was charged for its items, whatever became of the notices since.</param>
/// <param name="HasFeeOfDay">The notice of the run's date was charged already, before it came back.</param>
/// <param name="Region">State or province of its postal address, or null.</param>
/// <param name="AtCap">Invoices that nobody may be written to about these days; null where none counts by itself.
/// </param>
/// <param name="Reached">Contacts whom mail reaches and who have not opted out; null where nobody asks for them.
/// </param>
/// <param name="Readers">Whom messages go to, by channel; null where nobody asks for them.</param>
public sealed record CustomerFacts(
    Guid CustomerId, string Number, string Name, Currency Currency, string Language, Recipient? Recipient,
    CustomerCash Cash, bool HasNoticeInFlight, bool HasNoticeOfDay, IReadOnlyList<ItemFacts> Items,
    long NoticeVersion = 0, string? OnHold = null, IReadOnlyList<string>? Post = null,
    IReadOnlyList<Money>? Open = null, DateOnly? LastNoticeOn = null, bool HasWorkOfDay = false, long WorkVersion = 0,
    string? Segment = null, string? Country = null, CompanyPlaybook? Given = null,
    Money? ReminderFee = null, IReadOnlyCollection<ChargedStep>? Charged = null, bool HasFeeOfDay = false,
    string? Region = null, CappedInvoices? AtCap = null, IReadOnlyList<Contact>? Reached = null,
    IReadOnlyDictionary<NoticeChannel, MessageReader>? Readers = null)
{
    /// <summary>What rules tell it apart by.</summary>
    public CustomerTraits Traits => new(
        Name, Segment, Country, Language, Currency, Open ?? CustomerStanding.Sums(Items, item => item.Balance), Region);
}

/// <summary>Invoices that contact may not be about, because each counts by itself and is at its cap.</summary>
/// <param name="ByMail">By mail.</param>
/// <param name="ByLetter">By letter.</param>
/// <param name="ByMessage">By message, of each channel with a reader.</param>
public sealed record CappedInvoices(
    IReadOnlySet<Guid> ByMail, IReadOnlySet<Guid> ByLetter,
    IReadOnlyDictionary<NoticeChannel, IReadOnlySet<Guid>>? ByMessage = null)
{
    /// <summary>By a channel; null where none is known.</summary>
    public IReadOnlySet<Guid>? By(NoticeChannel channel) =>
        channel == NoticeChannel.Letter ? ByLetter
        : channel.IsMessage() ? ByMessage?.GetValueOrDefault(channel)
        : ByMail;
}

/// <summary>
/// The fee of this step was charged for this item. Where the notice came back, the one that replaces it costs nothing
/// more.
/// </summary>
public readonly record struct ChargedStep(Guid InvoiceId, int Installment, string Step);

/// <summary>A person or mailbox at a customer that is written to.</summary>
/// <param name="Name">How to address them.</param>
/// <param name="Email">Where mail reaches them; null only where they want letters.</param>
/// <param name="Language">The language they are written to in; null for the customer's.</param>
/// <param name="ByPost">They would rather have letters, and it is known where those go.</param>
public sealed record Recipient(string Name, string? Email, string? Language = null, bool ByPost = false);

/// <summary>What is known about an open item: what may be asked for of it, and what it was asked for with.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="DueDate">Last day to pay in the entity's calendar.</param>
/// <param name="Amount">What was due at first.</param>
/// <param name="Balance">What is still open.</param>
/// <param name="Pending">Allocations asked for and not answered yet.</param>
/// <param name="SentSteps">Codes of the steps that a notice was prepared or sent for.</param>
/// <param name="LastOffset">The latest of these steps, in days to the due date; null when there is none.</param>
/// <param name="IsPromised">An open promise names it.</param>
/// <param name="FailedPromises">Promises that named it and were not kept or taken back.</param>
/// <param name="Version">Version of the invoice that this is known from.</param>
/// <param name="IsPlanned">An active payment plan covers it.</param>
/// <param name="DisputedAmount">How much of it is disputed; null for nothing.</param>
/// <param name="HeldAmount">How much of it is held back; null for nothing.</param>
/// <param name="IsPlaced">A collection agency has it.</param>
/// <param name="Kind"><c>invoice</c>, or <c>debit-memo</c> for a charge such as a fee or interest.</param>
/// <param name="DisputedSince">The day, at the legal entity, on which the oldest dispute of it that is open began; null
/// where there is none.</param>
/// <param name="BreachedPlans">Payment plans that covered it and were breached.</param>
/// <param name="LastNoticeOn">The day of the last run whose mail or letter asked for it, unless that failed or was
/// withdrawn; null where there was none.</param>
/// <param name="LastStepOn">The day of the last step, work too: that of its run, or the one on which it went out or was
/// posted where that is later; null where there was none.</param>
/// <param name="References">What it may share with other invoices; null where that is not told yet.</param>
public sealed record ItemFacts(
    Guid InvoiceId, int Installment, string InvoiceNumber, DateOnly DueDate, Money Amount, Money Balance, Money Pending,
    IReadOnlyList<string> SentSteps, int? LastOffset, bool IsPromised = false, int FailedPromises = 0,
    long Version = 0, bool IsPlanned = false, Money? DisputedAmount = null, Money? HeldAmount = null,
    bool IsPlaced = false, string Kind = ItemFacts.Invoice, DateOnly? DisputedSince = null, int BreachedPlans = 0,
    DateOnly? LastNoticeOn = null, DateOnly? LastStepOn = null, InvoiceReferences? References = null)
{
    /// <summary>Kind of what was sold.</summary>
    public const string Invoice = "invoice";

    private Money None => Money.Zero(Balance.Currency);

    /// <summary>How much of it is disputed, as far as it is still open.</summary>
    public Money Disputed => Money.Min(DisputedAmount ?? None, Balance);

    /// <summary>How much of it is held back, as far as it is still open.</summary>
    public Money Held => Money.Min(HeldAmount ?? None, Balance);

    /// <summary>
    /// What may be asked for: money that is on its way is not asked for twice, what is disputed or held back is not
    /// asked for at all, and nothing is while a promise is open, a payment plan is kept or an agency collects.
    /// </summary>
    public Money Collectible =>
        IsPromised || IsPlanned || IsPlaced ? None : Money.Max(Balance - Pending - Disputed - Held, None);
}

/// <summary>What an invoice may share with others, as it was issued.</summary>
/// <param name="PurchaseOrder">The buyer's order number, or null.</param>
/// <param name="OrderReference">The order it bills, or null.</param>
public sealed record InvoiceReferences(string? PurchaseOrder, string? OrderReference);

/// <summary>An item on a notice.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="DueDate">Last day to pay.</param>
/// <param name="DaysOverdue">Days since the due date; negative before it.</param>
/// <param name="Step">The playbook step it is on the notice for.</param>
/// <param name="StepOffset">Offset of that step.</param>
/// <param name="Amount">What was due at first.</param>
/// <param name="Balance">What is asked for: the balance without what is pending.</param>
/// <param name="Kind"><c>debit-memo</c> for a charge such as a fee or interest; null for an invoice.</param>
/// <param name="Listed">It is listed beside the item that leads, and goes through no step itself.</param>
/// <param name="Group">The order by which its playbook groups invoices; null where it has none, or is not grouped.
/// </param>
public sealed record NoticeItem(
    Guid InvoiceId, int Installment, string InvoiceNumber, DateOnly DueDate, int DaysOverdue, string Step,
    int StepOffset,
    Money Amount, Money Balance, string? Kind = null, bool Listed = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Group = null);

/// <summary>What is open beside what a notice asks for; the notice says so, and asks for nothing of it.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="Installment">From 1.</param>
/// <param name="DueDate">Last day to pay.</param>
/// <param name="DaysOverdue">Days since the due date; negative before it.</param>
/// <param name="Balance">How much of it.</param>
/// <param name="IsDisputed">It is disputed; else it is not due yet.</param>
public sealed record AlsoOpenItem(
    Guid InvoiceId, string InvoiceNumber, int Installment, DateOnly DueDate, int DaysOverdue, Money Balance,
    bool IsDisputed);

/// <summary>What is open beside that and is not named line by line, in one currency.</summary>
/// <param name="Count">How many lines.</param>
/// <param name="Balance">Their sum.</param>
public sealed record AlsoOpenRest(int Count, Money Balance);

/// <summary>A notice that a run would send.</summary>
/// <param name="Customer">To whom.</param>
/// <param name="Step">The highest step of its items; it sets the tone.</param>
/// <param name="Items">Oldest first; of groups, those of the group whose oldest is older first.</param>
/// <param name="Totals">Sum of the items per currency, the currency of the account first.</param>
/// <param name="BlockedBy">Why it must not be sent, or null.</param>
/// <param name="Channel">How it reaches the customer: the step's channel, or a letter where mail reaches
/// nobody. A message stays one.</param>
/// <param name="Level">Which of the notices after the due date it is, from 1; 0 for a reminder before it.</param>
/// <param name="Playbook">Code of the playbook the step is of.</param>
/// <param name="Fee">What it costs the customer, on top of what it asks for; null for nothing.</param>
public sealed record PlannedNotice(
    CustomerFacts Customer, PlaybookStep Step, IReadOnlyList<NoticeItem> Items, IReadOnlyList<Money> Totals,
    string? BlockedBy, NoticeChannel Channel, int Level, string Playbook, Money? Fee = null)
{
    /// <summary>What is open beside it is named in so many lines at most, the oldest first.</summary>
    public const int MostAlsoOpen = 100;

    /// <summary>What is open beside it, as far as the playbook wants it said.</summary>
    public IReadOnlyList<AlsoOpenItem> AlsoOpen { get; private init; } = [];

    /// <summary>The sums of what is not named of it, per currency.</summary>
    public IReadOnlyList<AlsoOpenRest> AlsoOpenRest { get; private init; } = [];

    /// <summary>What the customer has to its credit, taken off the totals.</summary>
    public IReadOnlyList<Notices.Deduction> Deductions { get; } = Customer.Cash.Deductions(Totals);

    /// <summary>What is asked for: the totals less the deductions.</summary>
    public IReadOnlyList<Money> Asked => Notices.Deduction.From(Totals, Deductions);

    /// <summary>The same, saying what is open beside it: a mail of 40,000 lines is taken by no mail server.</summary>
    public PlannedNotice Beside(IReadOnlyList<AlsoOpenItem> items) => this with
    {
        AlsoOpen = [.. items.Take(MostAlsoOpen)],
        AlsoOpenRest =
        [
            .. items.Skip(MostAlsoOpen).GroupBy(item => item.Balance.Currency)
                .OrderBy(group => group.Key.Code, StringComparer.Ordinal)
                .Select(group => new AlsoOpenRest(
                    group.Count(), Money.Sum(group.Select(item => item.Balance), group.Key))),
        ],
    };
}
