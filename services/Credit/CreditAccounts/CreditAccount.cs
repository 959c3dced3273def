using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// The credit account of one customer. It holds everything that its decisions need, totals included, so that looking at
/// the exposure and reserving is one decision on one version, and costs the same with five open items or fifty
/// thousand.
/// </summary>
public sealed partial record CreditAccount
{
    /// <summary>The state before the first event.</summary>
    public static readonly CreditAccount Initial = new();

    /// <summary>
    /// So many days after an item is paid again it may be told that the payment which was taken back from it had
    /// bounced.
    /// </summary>
    private const int BounceToldDays = 30;

    /// <summary>Who it is; null until Invoicing's registration arrives, which may be after its first invoice.</summary>
    public AccountOpened? Opened { get; private init; }

    /// <summary>The newest that Invoicing told of the customer; null before that.</summary>
    public CustomerKnown? Customer { get; private init; }

    /// <summary>The groups with a limit that it belongs to: an order is decided against them, too.</summary>
    public IReadOnlyList<Guid> Groups { get; private init; } = [];

    /// <summary>The currency of the account; throws while it is not opened.</summary>
    public Currency Currency => Currency.Of(Opened!.Currency);

    /// <summary>The segment of its legal entity's customers that it is in; null for none.</summary>
    public (string LegalEntity, string Segment)? SegmentKey =>
        Opened is { } opened && Customer?.Segment is { } segment ? (opened.LegalEntity, segment) : null;

    /// <summary>The limit in force or expired; null when none was ever set.</summary>
    public LimitSet? Limit { get; private init; }

    /// <summary>A limit for some days, in force, past or to come; null for none.</summary>
    public TemporaryLimitSet? TemporaryLimit { get; private init; }

    /// <summary>What is at risk, per currency.</summary>
    public ImmutableDictionary<Currency, Exposure> Exposures { get; private init; } =
        ImmutableDictionary<Currency, Exposure>.Empty;

    /// <summary>What is at risk with customers that were merged into this one, by customer.</summary>
    public ImmutableDictionary<Guid, IReadOnlyList<Exposure>> Absorbed { get; private init; } =
        ImmutableDictionary<Guid, IReadOnlyList<Exposure>>.Empty;

    /// <summary>What of them may still bounce, as of when it was taken over, by customer.</summary>
    public ImmutableDictionary<Guid, IReadOnlyList<UnsettledPart>> AbsorbedUnsettled { get; private init; } =
        ImmutableDictionary<Guid, IReadOnlyList<UnsettledPart>>.Empty;

    /// <summary>What stands against them, as of when it was taken over, by customer.</summary>
    public ImmutableDictionary<Guid, AbsorbedStanding> AbsorbedStandings { get; private init; } =
        ImmutableDictionary<Guid, AbsorbedStanding>.Empty;

    /// <summary>The newest that is known of each duplicate, of those that are none any more as well.</summary>
    public ImmutableDictionary<Guid, long> DuplicateVersions { get; private init; } =
        ImmutableDictionary<Guid, long>.Empty;

    /// <summary>Open balances by due date, per currency.</summary>
    public ImmutableDictionary<Currency, DueBalances> Due { get; private init; } =
        ImmutableDictionary<Currency, DueBalances>.Empty;

    /// <summary>Every installment ever reported, closed ones too: their versions turn late messages away.</summary>
    public ImmutableDictionary<(Guid InvoiceId, int Installment), Receivable> Receivables { get; private init; } =
        ImmutableDictionary<(Guid InvoiceId, int Installment), Receivable>.Empty;

    /// <summary>What is open of each credit memo.</summary>
    public ImmutableDictionary<Guid, OpenCredit> Credits { get; private init; } =
        ImmutableDictionary<Guid, OpenCredit>.Empty;

    /// <summary>Orders that were checked.</summary>
    public ImmutableDictionary<string, CheckedOrder> Orders { get; private init; } =
        ImmutableDictionary.Create<string, CheckedOrder>(StringComparer.Ordinal);

    /// <summary>
    /// Ids of the orders that are held, or that a rule declined, the longest waiting first; which of them a change may
    /// bring something is <see cref="CreditDecider.IsReconsidered"/>'s to say.
    /// </summary>
    public ImmutableList<string> Waiting { get; private init; } = [];

    /// <summary>
    /// Reservations of orders with a delivery day, by day and currency; a horizon leaves late ones out.
    /// </summary>
    public ImmutableSortedDictionary<(DateOnly NeededOn, string Currency), decimal> Reserved { get; private init; } =
        ImmutableSortedDictionary<(DateOnly NeededOn, string Currency), decimal>.Empty;

    /// <summary>What invoices bill of each order that they name, checked or not.</summary>
    public ImmutableDictionary<(string OrderId, Currency Currency), Money> Billed { get; private init; } =
        ImmutableDictionary<(string OrderId, Currency Currency), Money>.Empty;

    /// <summary>What each invoice bills of the order that it names, and what takes that back.</summary>
    public ImmutableDictionary<Guid, OrderBilling> Billings { get; private init; } =
        ImmutableDictionary<Guid, OrderBilling>.Empty;

    /// <summary>What is delivered of each order, whatever was decided on it.</summary>
    public ImmutableDictionary<(string OrderId, Currency Currency), Money> Delivered { get; private init; } =
        ImmutableDictionary<(string OrderId, Currency Currency), Money>.Empty;

    /// <summary>As of when that was counted, where the order system said so.</summary>
    public ImmutableDictionary<string, DateTimeOffset> DeliveredAsOf { get; private init; } =
        ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>Holds that were not let go, ended ones among them.</summary>
    public ImmutableDictionary<Guid, HoldPlaced> Holds { get; private init; } =
        ImmutableDictionary<Guid, HoldPlaced>.Empty;

    /// <summary>Codes of rules that place no hold up to a day, because a person has let theirs go.</summary>
    public ImmutableDictionary<string, DateOnly> Quiet { get; private init; } =
        ImmutableDictionary.Create<string, DateOnly>(StringComparer.Ordinal);

    /// <summary>
    /// Installments from which a payment was taken back, and when, by its receipt; until they are paid after more than
    /// <see cref="BounceToldDays"/>, or for as long as the receipt's hold.
    /// </summary>
    public ImmutableDictionary<Guid, ImmutableDictionary<InstallmentKey, DateOnly>> TakenBack { get; private init; } =
        ImmutableDictionary<Guid, ImmutableDictionary<InstallmentKey, DateOnly>>.Empty;

    /// <summary>
    /// The newest day as of which <see cref="TakenBack"/> was looked through for what is over; null before the first.
    /// </summary>
    public DateOnly? TakenBackSwept { get; private init; }

    /// <summary>
    /// Installments that were dunned, with the steps of the playbook, until they are paid; also some that are not open
    /// here, or not yet.
    /// </summary>
    public ImmutableDictionary<InstallmentKey, ImmutableHashSet<string>> Dunned { get; private init; } =
        ImmutableDictionary<InstallmentKey, ImmutableHashSet<string>>.Empty;

    /// <summary>Guarantees and insurance, ended ones among them.</summary>
    public ImmutableDictionary<Guid, CoverRegistered> Cover { get; private init; } =
        ImmutableDictionary<Guid, CoverRegistered>.Empty;

    /// <summary>The last score; null before the first.</summary>
    public RiskAssessed? Risk { get; private init; }

    /// <summary>With how many steps each of its open installments was dunned, of those that were.</summary>
    public IEnumerable<int> DunnedTimes => Dunned.Where(item => IsOpen(item.Key)).Select(item => item.Value.Count);

    /// <summary>The exposure in a currency.</summary>
    public Exposure ExposureIn(Currency currency) => Exposures.GetValueOrDefault(currency) ?? Exposure.None(currency);

    /// <summary>What invoices bill of an order.</summary>
    public Money BilledOf(string orderId, Currency currency) =>
        Billed.TryGetValue((orderId, currency), out var billed) ? billed : Money.Zero(currency);

    /// <summary>What an invoice bills of its order.</summary>
    public OrderBilling BillingOf(Guid invoiceId) => Billings.GetValueOrDefault(invoiceId, OrderBilling.None);

    /// <summary>What is delivered of an order.</summary>
    public Money DeliveredOf(string orderId, Currency currency) =>
        Delivered.TryGetValue((orderId, currency), out var delivered) ? delivered : Money.Zero(currency);

    /// <summary>What is delivered of an order and not invoiced.</summary>
    public Money UnbilledDeliveryOf(string orderId, Currency currency) => Money.Max(
        DeliveredOf(orderId, currency) - BilledOf(orderId, currency), Money.Zero(currency));

    /// <summary>What of an order of this amount is neither delivered nor invoiced: that much it reserves.</summary>
    public Money OutstandingOf(string orderId, Money amount) => Money.Max(
        amount - Money.Max(DeliveredOf(orderId, amount.Currency), BilledOf(orderId, amount.Currency)),
        Money.Zero(amount.Currency));

    /// <summary>
    /// What is overdue for more than so many days, per currency, with the days since the oldest of it was due; that of
    /// duplicates included, disputed parts aside.
    /// </summary>
    public IEnumerable<(Money Late, int Oldest)> Overdue(int days, DateOnly today) =>
        from due in Due
            .Select(one => (Of: one.Key, Late: one.Value.OverdueFor(days, today), Days: one.Value.OldestDays(today)))
            .Concat(AbsorbedStandings.Values.SelectMany(one => one.Due)
                .Select(one => (
                    Of: one.Amount.Currency, Late: one.Amount.Amount, Days: today.DayNumber - one.On.DayNumber))
                .Where(one => one.Days > days))
        group due by due.Of into same
        let late = Money.Round(same.Sum(one => one.Late), same.Key)
        where late.IsPositive
        orderby same.Key.Code
        select (late, same.Max(one => one.Days));

    /// <summary>
    /// True where more than an amount of the base currency is overdue for more than so many days, all currencies
    /// together; also where something is and nobody knows what it is worth.
    /// </summary>
    public bool IsOverdue(int days, decimal amount, DecisionFacts facts)
    {
        var late = Overdue(days, facts.Today).Select(one => one.Late).ToList();
        return late.Count > 0 && !(facts.SumInBase(late) <= amount);
    }

    /// <summary>True where something is to be paid of an installment that is known.</summary>
    public bool IsOpen(InstallmentKey item) =>
        Receivables.TryGetValue((item.InvoiceId, item.Installment), out var known) && !known.Balance.IsZero;

    /// <summary>Installments from which a payment of this receipt was taken back, and when.</summary>
    public ImmutableDictionary<InstallmentKey, DateOnly> TakenBackOf(Guid receiptId) =>
        TakenBack.GetValueOrDefault(receiptId, ImmutableDictionary<InstallmentKey, DateOnly>.Empty);

    /// <summary>Holds in force on a day, those of duplicates included, in a steady order.</summary>
    public IEnumerable<HoldPlaced> HoldsOn(DateOnly today) => Holds.Values
        .Concat(AbsorbedStandings.Values.SelectMany(one => one.Holds))
        .Where(hold => hold.Until is null || hold.Until >= today)
        .OrderBy(hold => hold.Code, StringComparer.Ordinal).ThenBy(hold => hold.HoldId);

    /// <summary>State and event in, next state out.</summary>
    public static CreditAccount Evolve(CreditAccount account, object e) => e switch
    {
        AccountOpened opened => account with { Opened = opened },
        CustomerKnown customer => account with { Customer = customer },
        GroupsAssigned groups => account with { Groups = groups.Groups },
        DuplicateAbsorbed duplicate => account.With(duplicate),
        DuplicateReleased duplicate => account with
        {
            Absorbed = account.Absorbed.Remove(duplicate.DuplicateId),
            AbsorbedUnsettled = account.AbsorbedUnsettled.Remove(duplicate.DuplicateId),
            AbsorbedStandings = account.AbsorbedStandings.Remove(duplicate.DuplicateId),
            DuplicateVersions = account.DuplicateVersions.SetItem(duplicate.DuplicateId, duplicate.SourceVersion),
        },
        LimitSet limit => account with { Limit = limit },
        TemporaryLimitSet limit => account with { TemporaryLimit = limit },
        TemporaryLimitWithdrawn => account with { TemporaryLimit = null },
        ReceivableRecorded receivable => account.With(receivable),
        UnappliedCashRecorded cash => account.With(cash),
        OpenCreditRecorded credit => account.With(credit.Exposure) with
        {
            Credits = account.Credits.SetItem(credit.CreditMemoId, new OpenCredit(credit.SourceVersion, credit.Open)),
        },
        InvoiceCreditNoted credit => account.With(credit.Exposure).With(
            credit.InvoiceId, account.BillingOf(credit.InvoiceId).With(credit), credit.Amount.Currency),
        DepositUseNoted deposit => account.With(deposit.Exposure).With(
            deposit.DepositId, account.BillingOf(deposit.DepositId).With(deposit), deposit.Unused.Currency),
        HoldPlaced hold => account with
        {
            Holds = account.Holds.SetItem(hold.HoldId, hold),
            TakenBack = hold.Bounced is { } bounced ? account.TakenBackBut(bounced) : account.TakenBack,
            Quiet = hold.ByRule ? account.Quiet.Remove(hold.Code) : account.Quiet,
        },
        HoldReleased hold => account with
        {
            Holds = account.Holds.Remove(hold.HoldId),
            TakenBack = account.Holds.GetValueOrDefault(hold.HoldId)?.Bounced is { } bounced
                ? account.TakenBack.Remove(bounced.ReceiptId)
                : account.TakenBack,
            Quiet = hold.QuietUntil is { } until ? account.Quiet.SetItem(hold.Code, until) : account.Quiet,
        },
        HoldRuleResumed rule => account with { Quiet = account.Quiet.Remove(rule.Code) },
        ItemsDunned dunned => account with
        {
            Dunned = account.Dunned.SetItems(dunned.Items.Concat(dunned.Early ?? []).Select(item =>
                KeyValuePair.Create(item, account.Dunned.GetValueOrDefault(item, []).Add(dunned.Step)))),
        },
        PaymentTakenBack back => account with
        {
            TakenBack = account.TakenBack.SetItem(
                back.ReceiptId,
                account.TakenBackOf(back.ReceiptId).SetItem(new(back.InvoiceId, back.Installment), back.On)),
        },
        CoverRegistered cover => account with { Cover = account.Cover.SetItem(cover.CoverId, cover) },
        CoverEnded ended => account with
        {
            Cover = account.Cover.SetItem(
                ended.CoverId, account.Cover[ended.CoverId] with { Until = ended.On.AddDays(-1) }),
        },
        RiskAssessed risk => account with { Risk = risk with { Factors = null, Moved = null } },
        TermsAgreed or AlertAcknowledged => account,
        _ => account.WithOrder(e),
    };

    private CreditAccount With(DuplicateAbsorbed e) => this with
    {
        Absorbed = Absorbed.SetItem(e.DuplicateId, e.Exposures),
        AbsorbedUnsettled = e.Unsettled is { Count: > 0 } parts
            ? AbsorbedUnsettled.SetItem(e.DuplicateId, parts)
            : AbsorbedUnsettled.Remove(e.DuplicateId),
        AbsorbedStandings = AbsorbedStanding.Of(e) is { IsNothing: false } standing
            ? AbsorbedStandings.SetItem(e.DuplicateId, standing)
            : AbsorbedStandings.Remove(e.DuplicateId),
        DuplicateVersions = DuplicateVersions.SetItem(e.DuplicateId, e.SourceVersion),
    };

    private CreditAccount With(ReceivableRecorded e)
    {
        var key = (e.InvoiceId, e.Installment);
        var currency = e.Balance.Currency;
        var receivable = new Receivable(e.SourceVersion, e.Billed, e.Balance, e.DueDate, e.Disputed);
        var due = Due.GetValueOrDefault(currency, DueBalances.None);
        if (Receivables.TryGetValue(key, out var known))
            due = due.Add(known.DueDate, -known.Payable);
        var isLower = !KnowsPayments && known.SourceVersion > 0
            && e.Billed == known.Billed && e.Balance < known.Balance;
        var next = With(e.Exposure) with
        {
            Lowered = isLower && e.On is { } day ? LoweredBy(day, known.Balance - e.Balance) : Lowered,
            Receivables = Receivables.SetItem(key, receivable),
            Due = Due.SetItem(currency, due.Add(receivable.DueDate, receivable.Payable)),
            Dunned = e.Balance.IsZero ? Dunned.Remove(new(e.InvoiceId, e.Installment)) : Dunned,
        };
        if (e.Balance.IsZero && !TakenBack.IsEmpty)
            next = next.WithoutTakenBack(new(e.InvoiceId, e.Installment), e.On);
        if (e.OrderId is null)
            return next;
        var before = known.SourceVersion > 0 ? known.Billed : Money.Zero(currency);
        return next.With(e.InvoiceId, BillingOf(e.InvoiceId).Move(e.OrderId, before, e.Billed), currency);
    }

    private CreditAccount With(Guid invoiceId, OrderBilling after, Currency currency)
    {
        var next = this with { Billings = Billings.SetItem(invoiceId, after) };
        if (after.OrderId is not { } orderId)
            return next;
        var more = Money.Of(after.Bills - BillingOf(invoiceId).Bills, currency);
        return next with { Billed = Billed.SetItem((orderId, currency), BilledOf(orderId, currency) + more) };
    }

    /// <summary>
    /// What was taken back lately is kept though it is paid again: that its payment has bounced may be told later. The
    /// item that was closed just now is looked at by itself, all others once a day: there may be tens of thousands, of
    /// which each closes in its turn.
    /// </summary>
    private CreditAccount WithoutTakenBack(InstallmentKey closed, DateOnly? on)
    {
        var isNewDay = on is not null && !(on <= TakenBackSwept);
        var after = TakenBack;
        foreach (var (receipt, items) in TakenBack)
        {
            if (!isNewDay && !items.ContainsKey(closed))
                continue;
            if (Holds.Values.Any(hold => hold.Bounced?.ReceiptId == receipt))
                continue;
            var left = items.RemoveRange(
                isNewDay ? items.Where(IsOver).Select(item => item.Key) : IsOld(items[closed]) ? [closed] : []);
            after = left.IsEmpty ? after.Remove(receipt) : after.SetItem(receipt, left);
        }

        return this with { TakenBack = after, TakenBackSwept = isNewDay ? on : TakenBackSwept };

        bool IsOver(KeyValuePair<InstallmentKey, DateOnly> item) => IsOld(item.Value) && !IsOpen(item.Key);

        bool IsOld(DateOnly back) => !(on?.DayNumber - back.DayNumber <= BounceToldDays);
    }

    /// <summary>What a payment still pays when it bounces was taken back for something else, if ever.</summary>
    private ImmutableDictionary<Guid, ImmutableDictionary<InstallmentKey, DateOnly>> TakenBackBut(
        BouncedPayment bounced)
    {
        var items = TakenBackOf(bounced.ReceiptId).RemoveRange(bounced.Items);
        return items.IsEmpty ? TakenBack.Remove(bounced.ReceiptId) : TakenBack.SetItem(bounced.ReceiptId, items);
    }

    private CreditAccount With(Exposure exposure) =>
        this with { Exposures = Exposures.SetItem(exposure.OpenOrders.Currency, exposure) };
}

/// <summary>The newest that is known of one installment.</summary>
public readonly record struct Receivable(
    long SourceVersion, Money Billed, Money Balance, DateOnly? DueDate, Money? Disputed)
{
    /// <summary>What should be paid by its due date: nobody is late with what is disputed.</summary>
    public decimal Payable => Balance.Amount - (Disputed?.Amount ?? 0);
}

/// <summary>The newest that is known of a credit memo.</summary>
public readonly record struct OpenCredit(long SourceVersion, Money Open);
