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

    /// <summary>
    /// The step is a message, and no contact has a number in the international form, or is known to the portal.
    /// </summary>
    public const string NoMessageContact = "no-message-contact";

    /// <summary>A notice is prepared and not yet sent; its outcome decides what is due next.</summary>
    public const string NoticeInFlight = "notice-in-flight";

    /// <summary>One notice per customer and day; what fell due since goes out with the next run.</summary>
    public const string NotifiedThisDay = "notified-this-day";

    /// <summary>There was a notice a few days ago; the playbook leaves the customer in peace after one.</summary>
    public const string QuietDays = "quiet-days";

    /// <summary>The whole customer is kept from dunning; people may still get in touch.</summary>
    public const string DunningBlock = "dunning-block";

    /// <summary>The customer's money is in the bank already: it wants applying, not asking for.</summary>
    public const string UnappliedCashCovers = "unapplied-cash-covers";

    /// <summary>Credit memos and money that are not applied yet make up for all of it: they want applying.</summary>
    public const string OpenCreditCovers = "open-credit-covers";

    /// <summary>
    /// The customer has likely paid already: money waits in the bank whose payer is not certain, and what is known
    /// points to the customer. It wants identifying, not asking for.
    /// </summary>
    public const string UnmatchedCashCovers = "unmatched-cash-covers";

    /// <summary>Contact about each invoice is counted, and all that is due is at its cap.</summary>
    public const string InvoicesAtCap = Contacts.ContactRule.Cap;

    /// <summary>The customer goes by no playbook since the notice was prepared.</summary>
    public const string NoPlaybook = "no-playbook";

    /// <summary>
    /// Its notice could not be made, which the log tells of; the run went on with the others, and the next run tries
    /// again.
    /// </summary>
    public const string Fault = "fault";
}

/// <summary>
/// Who gets which notice on a day. Pure: the same facts always give the same plan. An item gets the highest step whose
/// day has come and whose condition holds; it gets each step once, and never a softer one after a harder one, so days
/// without a run are caught up by one notice. Where stages follow on one another it gets the next one instead. What is
/// no writing (tasks, escalations, recommendations) is planned beside the notice of the day.
/// </summary>
public static class DunningPlanner
{
    /// <summary>
    /// The notices due on a date, those that are blocked included: each customer by the playbook it goes by.
    /// </summary>
    public static IReadOnlyList<PlannedNotice> Plan(
        DateOnly date, CustomerPlaybooks playbooks, IEnumerable<CustomerFacts> customers)
    {
        ArgumentNullException.ThrowIfNull(playbooks);
        return
        [
            .. from customer in customers
               let playbook = playbooks.For(customer.Traits, customer.Given?.On(date))
               where playbook is not null
               from notice in Notices(date, playbook.Definition, customer)
               select notice,
        ];
    }

    /// <summary>The same where one playbook is for everybody.</summary>
    public static IReadOnlyList<PlannedNotice> Plan(
        DateOnly date, PlaybookDefined playbook, IEnumerable<CustomerFacts> customers) =>
        [.. customers.SelectMany(customer => Notices(date, playbook, customer))];

    /// <summary>
    /// What a step would say to a customer whether it is due or not, about all that may be asked for; null where there
    /// is nothing.
    /// </summary>
    public static PlannedNotice? Preview(
        DateOnly date, PlaybookDefined playbook, PlaybookStep step, CustomerFacts customer)
    {
        ArgumentNullException.ThrowIfNull(playbook);
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(customer);
        customer = AsOf(playbook, customer);
        List<DueItem> due =
        [
            .. DunningGroup.Of(date, playbook, customer).SelectMany(group => group.Items)
                .Where(item => item.Collectible.IsPositive)
                .Select(item => new DueItem(item, step, Listed: false)),
        ];
        var items = due.ConvertAll(one => OnNotice(date, playbook, one));
        return items.Count == 0 ? null : new PlannedNotice(
            customer, step, items, Totals(customer.Currency, items), null, ChannelOf(step, customer),
            LevelAt(step.OffsetDays, playbook), playbook.Code, FeeOf(step, customer, due))
            .Beside(AlsoOpen(date, playbook, customer, due));
    }

    /// <summary>The step an item is due for on a date, or null.</summary>
    public static PlaybookStep? StepFor(
        DateOnly date, PlaybookDefined playbook, ItemFacts item, CustomerStanding? standing = null)
    {
        ArgumentNullException.ThrowIfNull(playbook);
        ArgumentNullException.ThrowIfNull(item);
        if (!IsCollectible(playbook, item))
            return null;
        var days = DaysOverdue(date, item.DueDate);
        var known = standing ?? CustomerStanding.Of(date, [item], null);
        if (playbook.Stages == PlaybookStages.Staged && days > 0)
        {
            return NextStage(playbook, item, known) is { } next && IsFor(playbook, next, item, known, days)
                && IsReached(date, playbook, next, item.DueDate) && HasWaited(date, next, item)
                ? next
                : null;
        }

        var step = playbook.Steps.LastOrDefault(step =>
            IsReached(date, playbook, step, item.DueDate) && IsFor(playbook, step, item, known, days));
        return step is null || item.SentSteps.Contains(step.Code) || item.LastOffset >= step.OffsetDays ? null : step;
    }

    /// <summary>
    /// Whole days since the due day ended in the entity's calendar, negative before it: 1 on the day after.
    /// </summary>
    public static int DaysOverdue(DateOnly date, DateOnly dueDate) => date.DayNumber - dueDate.DayNumber;

    /// <summary>
    /// True from the step's day on: counted from the due date, or after it from the end of its month where the playbook
    /// counts so. The order of the steps is the same. What is written ahead of the due date is not written after it,
    /// however far the next step is.
    /// </summary>
    private static bool IsReached(DateOnly date, PlaybookDefined playbook, PlaybookStep step, DateOnly dueDate)
    {
        var monthly = playbook.CountFrom == CountedFrom.EndOfMonth;
        if (monthly && step is { OffsetDays: <= 0, IsWork: false } && date > dueDate)
            return false;
        var from = monthly && step.OffsetDays > 0
            ? new DateOnly(dueDate.Year, dueDate.Month, DateTime.DaysInMonth(dueDate.Year, dueDate.Month))
            : dueDate;
        return step.OffsetDays <= date.DayNumber - from.DayNumber;
    }

    /// <summary>
    /// The step after the last one that an item past due has had, whatever its day is and whether it may have it. Work
    /// that is not for it, however old it and its last notice become, is passed over; no notice is.
    /// </summary>
    private static PlaybookStep? NextStage(PlaybookDefined playbook, ItemFacts item, CustomerStanding standing) =>
        playbook.Steps.FirstOrDefault(step =>
            step.OffsetDays > Math.Max(item.LastOffset ?? 0, 0) && !item.SentSteps.Contains(step.Code)
            && (!step.IsWork || WillBeFor(playbook, step, item, standing)));

    /// <summary>
    /// True once the last step after the due date is as many days old as lie between the two, or there was none.
    /// </summary>
    private static bool HasWaited(DateOnly date, PlaybookStep next, ItemFacts item) =>
        item is not { LastOffset: > 0 and { } last, LastStepOn: { } on } || on.AddDays(next.OffsetDays - last) <= date;

    /// <summary>
    /// True where a step is left that an item past due is large enough for, and whose condition it meets once it and
    /// its last notice are old enough.
    /// </summary>
    private static bool HasStepLeft(PlaybookDefined playbook, ItemFacts item, CustomerStanding standing) =>
        playbook.Stages == PlaybookStages.Staged
            ? NextStage(playbook, item, standing) is { } next && WillBeFor(playbook, next, item, standing)
            : playbook.Steps.Any(step =>
                step.OffsetDays > (item.LastOffset ?? int.MinValue) && !item.SentSteps.Contains(step.Code)
                && WillBeFor(playbook, step, item, standing));

    /// <summary>True when the item is large enough for a step and meets its condition.</summary>
    private static bool IsFor(
        PlaybookDefined playbook, PlaybookStep step, ItemFacts item, CustomerStanding standing, int days) =>
        item.Collectible >= Limit(step.MinimumAmounts, item.Collectible.Currency)
        && (step.Condition is not { } condition || standing.Meets(
            condition, item, days, LevelOf(item, playbook)));

    /// <summary>The same once the item and its last notice, if there is one, are as old as any condition asks for.
    /// </summary>
    private static bool WillBeFor(
        PlaybookDefined playbook, PlaybookStep step, ItemFacts item, CustomerStanding standing)
    {
        var later = item.LastNoticeOn is null ? item : item with { LastNoticeOn = DateOnly.MinValue };
        return IsFor(playbook, step, later, standing, int.MaxValue);
    }

    private static bool IsCollectible(PlaybookDefined playbook, ItemFacts item) =>
        item.Collectible > Limit(playbook.Tolerances, item.Collectible.Currency);

    /// <summary>What is written, and what is to be done instead of writing.</summary>
    private static IEnumerable<PlannedNotice> Notices(
        DateOnly date, PlaybookDefined playbook, CustomerFacts customer)
    {
        customer = AsOf(playbook, customer);
        var groups = DunningGroup.Of(date, playbook, customer);
        return Scheduled(date, playbook, groups, new HashSet<Guid>())
            .GroupBy(one => one.Step.IsWork).OrderBy(group => group.Key)
            .Select(group => group.Key
                ? Notice(date, playbook, customer, Hardest(group))
                : Written(
                    date, playbook, customer, [.. group], full => Scheduled(date, playbook, groups, full)));
    }

    private static List<DueItem> Scheduled(
        DateOnly date, PlaybookDefined playbook, List<DunningGroup> groups, IReadOnlySet<Guid> leftOut) =>
    [
        .. from one in groups
           let items = one.Items.FindAll(item => !leftOut.Contains(item.InvoiceId))
           from due in one.IsLed
               ? Led(date, playbook, items, one.Standing)
               : Due(date, playbook, items, one.Standing)
           select due,
    ];

    /// <summary>
    /// What is written of what is due: invoices that nobody may be written to about are left out, so that the others do
    /// not wait for them. Where nothing else is due that is why nothing goes out. The hardest step says how all of it
    /// is written, so its own invoices are the first to be left out: what is left may be written otherwise.
    /// </summary>
    private static PlannedNotice Written(
        DateOnly date, PlaybookDefined playbook, CustomerFacts customer, List<DueItem> due,
        Func<IReadOnlySet<Guid>, List<DueItem>> without)
    {
        var whole = Notice(date, playbook, customer, due);
        var leftOut = new HashSet<Guid>();
        for (var notice = whole; ; notice = Notice(date, playbook, customer, due))
        {
            var full = customer.AtCap?.By(notice.Channel);
            var atCap = due.FindAll(one => full?.Contains(one.Item.InvoiceId) == true);
            if (atCap.Count == 0)
                return notice;
            var hardest = atCap.FindAll(one => one.Step == notice.Step);
            leftOut.UnionWith((hardest.Count > 0 ? hardest : atCap).Select(one => one.Item.InvoiceId));
            due = without(leftOut).FindAll(one => !one.Step.IsWork);
            if (due.Count == 0)
                return whole with { BlockedBy = whole.BlockedBy ?? Blocks.InvoicesAtCap };
        }
    }

    /// <summary>
    /// Work is about what has come to its step and nothing else: what has come to a softer one has its turn the next
    /// day.
    /// </summary>
    private static List<DueItem> Hardest(IEnumerable<DueItem> due)
    {
        var all = due.ToList();
        var step = all.MaxBy(one => one.Step.OffsetDays)!.Step;
        return all.FindAll(one => one.Step == step);
    }

    private static IEnumerable<DueItem> Due(
        DateOnly date, PlaybookDefined playbook, IEnumerable<ItemFacts> items, CustomerStanding standing) =>
        from item in items
        let step = StepFor(date, playbook, item, standing)
        where step is not null
        select new DueItem(item, step, Listed: false);

    /// <summary>
    /// The oldest past due for which a step is left leads; the others past due are listed with it. One that is too
    /// small for every step that is left, or does not meet their conditions, keeps nothing from the others. Before
    /// their due dates items are reminded of each by itself.
    /// </summary>
    private static List<DueItem> Led(
        DateOnly date, PlaybookDefined playbook, List<ItemFacts> items, CustomerStanding standing)
    {
        var past = items.Where(item => item.DueDate < date && IsCollectible(playbook, item)).ToList();
        var due = Due(date, playbook, items.Except(past), standing).ToList();
        var leading = past.Find(item => HasStepLeft(playbook, item, standing));
        if (leading is null || StepFor(date, playbook, leading, standing) is not { OffsetDays: > 0 } step)
            return due;
        return [.. past.Select(item => new DueItem(item, step, item != leading)), .. due];
    }

    private static PlannedNotice Notice(
        DateOnly date, PlaybookDefined playbook, CustomerFacts customer, List<DueItem> due)
    {
        var items = due.ConvertAll(one => OnNotice(date, playbook, one));
        var totals = Totals(customer.Currency, items);
        var step = due.MaxBy(one => one.Step.OffsetDays)!.Step;
        var channel = ChannelOf(step, customer);
        return new PlannedNotice(
            customer, step, items, totals, BlockedBy(date, playbook, customer, channel, totals), channel,
            LevelAt(step.OffsetDays, playbook), playbook.Code, FeeOf(step, customer, due))
            .Beside(AlsoOpen(date, playbook, customer, due));
    }

    /// <summary>What the playbook wants said beside what is asked for.</summary>
    private static List<AlsoOpenItem> AlsoOpen(
        DateOnly date, PlaybookDefined playbook, CustomerFacts customer, List<DueItem> due) =>
    [
        .. from item in DunningGroup.Ordered(customer)
           from part in new[]
           {
               (Balance: item.Disputed, IsDisputed: true, Said: playbook.IncludeDisputed && !item.IsPlaced),
               (Balance: item.Collectible, IsDisputed: false, Said: playbook.IncludeCurrent && item.DueDate >= date
                   && !due.Exists(one => one.Item == item)),
           }
           where part.Said && part.Balance.IsPositive
           select new AlsoOpenItem(
               item.InvoiceId, item.InvoiceNumber, item.Installment, item.DueDate, DaysOverdue(date, item.DueDate),
               part.Balance, part.IsDisputed),
    ];

    /// <summary>What the playbook looks at of a customer.</summary>
    private static CustomerFacts AsOf(PlaybookDefined playbook, CustomerFacts customer) =>
        playbook.Credits == OpenCredits.Ignored ? customer with { Cash = customer.Cash.WithoutCredits() } : customer;

    /// <summary>
    /// What the notice costs the customer: the fee of its step in the currency of the account, at most what the
    /// contract allows. It is owed for invoices that have come to this step themselves. So nothing for what is listed
    /// beside the one that leads, is at a softer step, is disputed in part, or is a charge itself: a fee never leads to
    /// another one. A step of an invoice costs once, which makes it free for no other, and so does the notice of a day.
    /// </summary>
    private static Money? FeeOf(PlaybookStep step, CustomerFacts customer, List<DueItem> due)
    {
        if (customer.ReminderFee is not { } allowed || customer.HasFeeOfDay
            || step.Fees?.Where(fee => fee.Currency == allowed.Currency).ToList() is not [var asked])
            return null;
        var isOwed = due.Exists(one =>
            !one.Listed && one.Step == step && one.Item.Kind == ItemFacts.Invoice && !one.Item.Disputed.IsPositive
            && customer.Charged?.Contains(
                new ChargedStep(one.Item.InvoiceId, one.Item.Installment, step.Code)) != true);
        return isOwed ? Money.Min(asked, allowed) : null;
    }

    private static NoticeItem OnNotice(DateOnly date, PlaybookDefined playbook, DueItem due) => new(
        due.Item.InvoiceId, due.Item.Installment, due.Item.InvoiceNumber, due.Item.DueDate,
        DaysOverdue(date, due.Item.DueDate), due.Step.Code, due.Step.OffsetDays, due.Item.Amount, due.Item.Collectible,
        due.Item.Kind == ItemFacts.Invoice ? null : due.Item.Kind, due.Listed,
        DunningGroup.NameOf(playbook, due.Item));

    /// <summary>Whom mail does not reach, and who would rather have letters, gets one.</summary>
    private static NoticeChannel ChannelOf(PlaybookStep step, CustomerFacts customer) =>
        step.Channel == NoticeChannel.Email && customer is { Recipient: null or { ByPost: true }, Post: not null }
            ? NoticeChannel.Letter
            : step.Channel;

    /// <summary>
    /// How many notices after the due date there are up to an offset. What is no writing is none: a customer who got
    /// two reads that this is the third.
    /// </summary>
    private static int LevelAt(int offsetDays, PlaybookDefined playbook) =>
        playbook.Steps.Count(step => !step.IsWork && step.OffsetDays > 0 && step.OffsetDays <= offsetDays);

    /// <summary>
    /// The dunning level an item was asked for at; 0 where no notice of the playbook was about it. Work asks for
    /// nothing, and a step that it was too small for did not either.
    /// </summary>
    private static int LevelOf(ItemFacts item, PlaybookDefined playbook) =>
        playbook.Steps.LastOrDefault(step => !step.IsWork && item.SentSteps.Contains(step.Code)) is { } asked
            ? LevelAt(asked.OffsetDays, playbook)
            : 0;

    private static List<Money> Totals(Currency account, IEnumerable<NoticeItem> items) =>
    [
        .. items.GroupBy(item => item.Balance.Currency)
            .OrderByDescending(group => group.Key == account)
            .ThenBy(group => group.Key.Code, StringComparer.Ordinal)
            .Select(group => Money.Sum(group.Select(item => item.Balance), group.Key)),
    ];

    private static string? BlockedBy(
        DateOnly date, PlaybookDefined playbook, CustomerFacts customer, NoticeChannel channel, List<Money> totals) =>
        customer switch
        {
            { OnHold: { } kind } => kind,
            { HasNoticeInFlight: true } => Blocks.NoticeInFlight,
            { HasWorkOfDay: true } when channel.IsWork() => Blocks.NotifiedThisDay,
            { HasNoticeOfDay: true } when !channel.IsWork() => Blocks.NotifiedThisDay,
            { LastNoticeOn: { } last } when !channel.IsWork()
                && date >= last && date < last.AddDays(playbook.QuietDays) => Blocks.QuietDays,
            { Recipient: null } when channel == NoticeChannel.Email => Blocks.NoEmailContact,
            { Post: null } when channel == NoticeChannel.Letter => Blocks.NoPostalAddress,
            _ when channel.IsMessage() && customer.Readers?.ContainsKey(channel) != true => Blocks.NoMessageContact,
            _ => customer.Cash.Covers(totals),
        };

    private static Money Limit(IReadOnlyList<Money> limits, Currency currency) =>
        limits.Where(limit => limit.Currency == currency).FirstOrDefault(Money.Zero(currency));

    private sealed record DueItem(ItemFacts Item, PlaybookStep Step, bool Listed);
}
