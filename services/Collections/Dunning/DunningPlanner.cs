using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>
/// Why a notice that is due does not go out. Where the customer is under a hold it is the hold's kind, e.g.
/// <c>legal-hold</c>.
/// </summary>
public static class Blocks
{
    /// <summary>No contact of the customer has an address that mail can be sent to.</summary>
    public const string NoEmailContact = "no-email-contact";

    /// <summary>The step is a letter, and the customer's postal address is not known.</summary>
    public const string NoPostalAddress = "no-postal-address";

    /// <summary>A notice is prepared and not yet sent; its outcome decides what is due next.</summary>
    public const string NoticeInFlight = "notice-in-flight";

    /// <summary>One notice per customer and day; what fell due since goes out with the next run.</summary>
    public const string NotifiedThisDay = "notified-this-day";

    /// <summary>The whole customer is kept from dunning; people may still get in touch.</summary>
    public const string DunningBlock = "dunning-block";

    /// <summary>The customer's money is in the bank already: it wants applying, not asking for.</summary>
    public const string UnappliedCashCovers = "unapplied-cash-covers";
}

/// <summary>
/// Who gets which notice on a day. Pure: the same facts always give the same plan. An item gets the highest step whose
/// day has come; it gets each step once, and never a softer one after a harder one, so days without a run are caught up
/// by one notice.
/// </summary>
public static class DunningPlanner
{
    /// <summary>The notices due on a date, those that are blocked included.</summary>
    public static IReadOnlyList<PlannedNotice> Plan(
        DateOnly date, PlaybookDefined playbook, IEnumerable<CustomerFacts> customers) =>
        [.. customers.Select(customer => Notice(date, playbook, customer)).OfType<PlannedNotice>()];

    /// <summary>The step an item is due for on a date, or null.</summary>
    public static PlaybookStep? StepFor(DateOnly date, PlaybookDefined playbook, ItemFacts item)
    {
        ArgumentNullException.ThrowIfNull(playbook);
        ArgumentNullException.ThrowIfNull(item);
        var left = item.Collectible;
        if (left <= Limit(playbook.Tolerances, left.Currency))
            return null;
        var days = DaysOverdue(date, item.DueDate);
        var step = playbook.Steps.LastOrDefault(step =>
            step.OffsetDays <= days && left >= Limit(step.MinimumAmounts, left.Currency));
        return step is null || item.SentSteps.Contains(step.Code) || item.LastOffset >= step.OffsetDays ? null : step;
    }

    /// <summary>
    /// Whole days since the due day ended in the entity's calendar, negative before it: 1 on the day after.
    /// </summary>
    public static int DaysOverdue(DateOnly date, DateOnly dueDate) => date.DayNumber - dueDate.DayNumber;

    /// <summary>True where money that is not applied yet is enough for what a notice asks for.</summary>
    public static bool Covers(IReadOnlyList<Money> unapplied, IReadOnlyList<Money> totals) =>
        totals.All(total => unapplied.Any(cash => cash.Currency == total.Currency && cash >= total));

    private static PlannedNotice? Notice(DateOnly date, PlaybookDefined playbook, CustomerFacts customer)
    {
        var due = customer.Items
            .Select(item => (Item: item, Step: StepFor(date, playbook, item)))
            .Where(pair => pair.Step is not null)
            .OrderBy(pair => pair.Item.DueDate)
            .ThenBy(pair => pair.Item.InvoiceNumber, StringComparer.Ordinal)
            .ThenBy(pair => pair.Item.Installment)
            .ToList();
        if (due.Count == 0)
            return null;
        var items = due.ConvertAll(pair => OnNotice(date, pair.Item, pair.Step!));
        var totals = Totals(customer.Currency, items);
        var step = due.MaxBy(pair => pair.Step!.OffsetDays).Step!;
        var channel = ChannelOf(step, customer);
        return new PlannedNotice(
            customer, step, items, totals, BlockedBy(customer, channel, totals), channel, LevelOf(step, playbook));
    }

    private static NoticeItem OnNotice(DateOnly date, ItemFacts item, PlaybookStep step) => new(
        item.InvoiceId, item.Installment, item.InvoiceNumber, item.DueDate, DaysOverdue(date, item.DueDate),
        step.Code, step.OffsetDays, item.Amount, item.Collectible,
        item.Kind == ItemFacts.Invoice ? null : item.Kind);

    /// <summary>Whom mail does not reach gets a letter.</summary>
    private static NoticeChannel ChannelOf(PlaybookStep step, CustomerFacts customer) =>
        step.Channel == NoticeChannel.Email && customer is { Recipient: null, Post: not null }
            ? NoticeChannel.Letter
            : step.Channel;

    private static int LevelOf(PlaybookStep step, PlaybookDefined playbook) =>
        playbook.Steps.Count(other => other.OffsetDays > 0 && other.OffsetDays <= step.OffsetDays);

    private static List<Money> Totals(Currency account, IEnumerable<NoticeItem> items) =>
    [
        .. items.GroupBy(item => item.Balance.Currency)
            .OrderByDescending(group => group.Key == account)
            .ThenBy(group => group.Key.Code, StringComparer.Ordinal)
            .Select(group => Money.Sum(group.Select(item => item.Balance), group.Key)),
    ];

    private static string? BlockedBy(CustomerFacts customer, NoticeChannel channel, List<Money> totals) =>
        customer switch
        {
            { OnHold: { } kind } => kind,
            { HasNoticeInFlight: true } => Blocks.NoticeInFlight,
            { HasNoticeOfDay: true } => Blocks.NotifiedThisDay,
            { Recipient: null } when channel == NoticeChannel.Email => Blocks.NoEmailContact,
            { Post: null } when channel == NoticeChannel.Letter => Blocks.NoPostalAddress,
            _ when Covers(customer.UnappliedCash, totals) => Blocks.UnappliedCashCovers,
            _ => null,
        };

    private static Money Limit(IReadOnlyList<Money> limits, Currency currency) =>
        limits.Where(limit => limit.Currency == currency).FirstOrDefault(Money.Zero(currency));
}
