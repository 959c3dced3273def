using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What people and order systems ask of a credit account about orders.</summary>
public static class CreditDecider
{
    /// <summary>
    /// For so many days after it an order that a rule declined is judged again when something changes: whoever still
    /// wants it asks again after that.
    /// </summary>
    public const int DeclineWaitDays = 30;

    /// <summary>
    /// Checks an order and reserves its amount if nothing stands against it. The same order again was decided already,
    /// unless it has come to a later check point or its grace days are over; with another amount or other terms it is
    /// decided anew on the difference; after its cancellation or expiry it is a new order.
    /// </summary>
    public static Decision Check(Guid customerId, CreditAccount account, OrderWish wish, DecisionFacts facts)
    {
        var order = account.Orders.GetValueOrDefault(wish.OrderId);
        if (order is null or { IsOver: true })
            return Decide(customerId, account, wish, facts);
        if (order.Amount.Currency != wish.Amount.Currency)
            return CreditRefusals.OrderInOtherCurrency(wish.OrderId, order.Amount.Currency);
        var isSame = order.Wish.IsSameOrder(wish);
        if (isSame && (IsSettled(order, wish.At, facts) || IsInGrace(account, order, facts)))
            return Decision.Nothing;
        var isLess = wish.IsSameOrder(order.Wish with { Amount = wish.Amount }) && wish.Amount < order.Amount;
        var isStanding = order.Status == OrderStatus.Released && (isSame || isLess)
            && (wish.At <= order.At || IsOverridden(customerId, account, order, wish, facts));
        if (isStanding || (isLess && order.IsApproved && order.At == wish.At))
            return isLess ? Reduce(account, order, wish, facts) : Decision.Nothing;
        return Decide(customerId, account, wish, facts);
    }

    /// <summary>
    /// Judges an order again as things are now. A held one for which room has come is approved; an approved one that
    /// would not be any more is held, and one that a rule declined need not be any more. What stays as it was for the
    /// same reasons is nothing, and so is what a person has released while nothing else stands against it than what was
    /// overridden.
    /// </summary>
    public static Decision Recheck(Guid customerId, CreditAccount account, string orderId, DecisionFacts facts)
    {
        var order = account.Orders.GetValueOrDefault(orderId);
        if (order is null)
            return CreditRefusals.NoOrder(orderId);
        if (order.IsOver)
            return CreditRefusals.OrderIsOver(order);
        if (order.IsDeclinedByPerson)
            return CreditRefusals.OrderIsDeclined(orderId);
        if (order.Status == OrderStatus.Released && IsOverridden(customerId, account, order, order.Wish, facts))
            return Decision.Nothing;
        var decision = Decide(customerId, account, order.Wish, facts);
        return decision.Events is [OrderApproved] && order.IsApproved
            || (decision.Events is [OrderHeld held] && order.Status == OrderStatus.Held && Same(held.Reasons, order))
            || (decision.Events is [OrderDeclined no] && order.Status == OrderStatus.Declined
                && Same(no.Reasons, order))
            ? Decision.Nothing
            : decision;
    }

    /// <summary>
    /// What a change brings an order that waits: a held one is approved when nothing stands against it any more. One
    /// that a rule declined is held when no rule declines it, and waits for a person, or for its system to recheck it:
    /// the same goods may have been ordered again meanwhile. All else is nothing.
    /// </summary>
    public static Decision Reconsider(Guid customerId, CreditAccount account, string orderId, DecisionFacts facts)
    {
        if (account.Orders.GetValueOrDefault(orderId) is not { } order || !IsReconsidered(order, facts.Today))
            return Decision.Nothing;
        var decision = Recheck(customerId, account, orderId, facts);
        return (order.Status, decision.Events) switch
        {
            (OrderStatus.Held, [OrderApproved]) => decision,
            (OrderStatus.Declined, [OrderApproved fits]) => BroughtBack(new OrderHeld(
                orderId, fits.Amount, [], account.ExposureIn(fits.Amount.Currency),
                Available(account, account.ExposureIn(fits.Amount.Currency), facts), fits.Terms, fits.NeededOn,
                fits.Basis, fits.At, fits.Warnings), order),
            (OrderStatus.Declined, [OrderHeld held]) => BroughtBack(held, order),
            _ => Decision.Nothing,
        };
    }

    /// <summary>
    /// True for an order that a change may bring something: a held one, unless a rule declined it before, and one that
    /// a rule declined in the last <see cref="DeclineWaitDays"/> days.
    /// </summary>
    public static bool IsReconsidered(CheckedOrder order, DateOnly today) => order switch
    {
        { Status: OrderStatus.Held } => order.Reasons.All(reason => reason.Code != RuleCodes.WasDeclined),
        { IsWaiting: true, Basis: { } basis } => today <= basis.On.AddDays(DeclineWaitDays),
        _ => false,
    };

    private static Decision BroughtBack(OrderHeld held, CheckedOrder declined) => Decision.Of(held with
    {
        Reasons =
        [
            .. held.Reasons,
            new OrderReason(
                RuleCodes.WasDeclined,
                $"A rule declined it on {declined.Basis!.On:yyyy-MM-dd} and does not any more; recheck or release it " +
                "if it is still to come."),
        ],
    });

    /// <summary>
    /// Lets a held order go whatever stands against it, except a hold that declines orders: that is let go first. The
    /// caller has the authority and gives the reason.
    /// </summary>
    /// <param name="until">Last day of the release, at most so far ahead as the policy says; the policy's when null.
    /// </param>
    /// <param name="facts">Day, policy, rates.</param>
    /// <param name="code">One of the policy's codes of why; null where it has none.</param>
    /// <param name="approvalId">The approval behind it, or null.</param>
    public static Decision Release(
        Guid customerId, CreditAccount account, string orderId, DateOnly? until, DecisionFacts facts,
        string? code = null, Guid? approvalId = null)
    {
        var order = account.Orders.GetValueOrDefault(orderId);
        switch (order)
        {
            case null:
                return CreditRefusals.NoOrder(orderId);
            case { IsOver: true }:
                return CreditRefusals.OrderIsOver(order);
            case { IsApproved: true }:
                return Decision.Nothing;
        }

        if (until < facts.Today)
            return CreditRefusals.ReleaseInThePast(until.Value, facts.Today);
        var last = facts.Policy.Policy.Orders.MostReleaseDays is { } most ? facts.Today.Plus(most) : Days.Last;
        if (until > last)
            return CreditRefusals.ReleaseForTooLong(until.Value, last);
        var codes = facts.Policy.Policy.Orders.ReleaseReasons ?? [];
        if (code is null ? codes.Count > 0 : !codes.Contains(code))
            return CreditRefusals.UnknownReleaseReason(code, codes);
        var judgement = OrderRules.Judge(customerId, account, order.Wish, facts);
        if (DecliningHold(judgement, facts) is { } hold)
            return CreditRefusals.HoldDeclines(orderId, hold);
        var reserved = account.OutstandingOf(orderId, order.Amount);
        var after = account.ExposureIn(order.Amount.Currency).MoveOrder(order.Reserved, reserved);
        return Decision.Of(new OrderReleased(
            orderId, order.Amount, reserved, judgement.Reasons, after, Available(account, after, facts),
            until ?? facts.Today.AddDays(facts.Policy.Policy.Orders.ReleaseDays), judgement.Basis,
            judgement.Warnings, code, Granted(account, facts), approvalId));
    }

    /// <summary>
    /// Lets a held order go by an approval: of the order that was approved, and of no other amount, terms or day that
    /// it was checked with since. Where a person has declined it since, that one's word holds.
    /// </summary>
    /// <param name="approved">The order as it was when the approval was asked for.</param>
    /// <param name="until">Last day of the release; the policy's when null.</param>
    /// <param name="facts">Day, policy, rates.</param>
    /// <param name="code">One of the policy's codes of why; null where it has none.</param>
    /// <param name="approvalId">That approval.</param>
    public static Decision ReleaseAsApproved(
        Guid customerId, CreditAccount account, OrderWish approved, DateOnly? until, DecisionFacts facts,
        string? code = null, Guid? approvalId = null) =>
        account.Orders.GetValueOrDefault(approved.OrderId) switch
        {
            { IsApproved: false, IsOver: false } order when !order.Wish.IsSameOrder(approved) =>
                CreditRefusals.ReleaseOutdated(approved, order.Wish),
            { IsDeclinedByPerson: true } order when approvalId is null || order.ReleaseApprovalId != approvalId =>
                CreditRefusals.ReleaseAfterDecline(approved.OrderId),
            _ => Release(customerId, account, approved.OrderId, until, facts, code, approvalId),
        };

    /// <summary>Those above did not approve a release; one that the order does not wait for is nothing.</summary>
    public static Decision EndRelease(CreditAccount account, string orderId, Guid approvalId, string how) =>
        account.Orders.GetValueOrDefault(orderId)?.ReleaseApprovalId == approvalId
            ? Decision.Of(new OrderReleaseEnded(orderId, approvalId, how))
            : Decision.Nothing;

    /// <summary>
    /// True where a rule declines the order now, not only holds it: to release it takes the highest authority.
    /// </summary>
    public static bool IsDeclinedByRule(
        Guid customerId, CreditAccount account, string orderId, DecisionFacts facts) =>
        account.Orders.GetValueOrDefault(orderId) is { } order
        && OrderRules.Judge(customerId, account, order.Wish, facts).Declines;

    /// <summary>
    /// Says no to a held order, or for good to one that a rule declined, and to what was asked for to release it.
    /// </summary>
    public static Decision Decline(CreditAccount account, string orderId, DecisionFacts facts)
    {
        var order = account.Orders.GetValueOrDefault(orderId);
        return order switch
        {
            null => CreditRefusals.NoOrder(orderId),
            { IsDeclinedByPerson: true, ReleaseApprovalId: { } asked } =>
                Decision.Of(new OrderReleaseEnded(orderId, asked, "declined")),
            { IsDeclinedByPerson: true } => Decision.Nothing,
            { Status: OrderStatus.Held or OrderStatus.Declined } => Decision.Of(new OrderDeclined(
                orderId, order.Amount, order.Reasons, account.ExposureIn(order.Amount.Currency),
                Available(account, account.ExposureIn(order.Amount.Currency), facts), order.Terms, order.NeededOn,
                order.Basis, order.At, order.Warnings is { Count: > 0 } some ? some : null)),
            _ => CreditRefusals.OrderIsNotHeld(order),
        };
    }

    /// <summary>
    /// Records what of an order is delivered by now. It is at risk whatever was decided on the order, so it is never
    /// refused for that; the same again is nothing, and so is what was counted before what is known.
    /// </summary>
    /// <param name="asOf">As of when the order system has counted; null: the last to come counts.</param>
    public static Decision Deliver(
        CreditAccount account, string orderId, Money delivered, DateTimeOffset? asOf = null)
    {
        var order = account.Orders.GetValueOrDefault(orderId);
        if (order is null)
            return CreditRefusals.NoOrder(orderId);
        var currency = order.Amount.Currency;
        if (delivered.Currency != currency)
            return CreditRefusals.DeliveredInOtherCurrency(orderId, currency);
        var known = account.DeliveredAsOf.TryGetValue(orderId, out var last) ? last : (DateTimeOffset?)null;
        if (asOf < known || (delivered == account.DeliveredOf(orderId, currency) && (asOf is null || asOf == known)))
            return Decision.Nothing;
        var none = Money.Zero(currency);
        var billed = account.BilledOf(orderId, currency);
        var reserved = order.IsApproved ? Money.Max(order.Amount - Money.Max(delivered, billed), none) : none;
        var exposure = account.ExposureIn(currency)
            .MoveDelivery(account.UnbilledDeliveryOf(orderId, currency), Money.Max(delivered - billed, none))
            .MoveOrder(order.Reserved, reserved);
        var unapproved = order.IsApproved ? delivered - order.Amount : delivered;
        var isMore = unapproved.IsPositive && delivered > account.DeliveredOf(orderId, currency);
        return Decision.Of(new DeliveryRecorded(
            orderId, delivered, reserved, exposure, asOf, isMore ? unapproved : null));
    }

    /// <summary>Gives back what is reserved for an order that will not come.</summary>
    public static Decision Cancel(CreditAccount account, string orderId, DecisionFacts facts)
    {
        var order = account.Orders.GetValueOrDefault(orderId);
        if (order is null)
            return CreditRefusals.NoOrder(orderId);
        if (order.Status == OrderStatus.Cancelled)
            return Decision.Nothing;
        if (order.IsApproved && order.Reserved.IsZero)
            return CreditRefusals.OrderIsInvoiced(orderId);
        var without = account.Without(orderId);
        var after = without.ExposureIn(order.Amount.Currency);
        return Decision.Of(new OrderCancelled(orderId, order.Amount, after, Available(without, after, facts)));
    }

    /// <summary>Gives back what is reserved for an order whose last day is over; nothing before that.</summary>
    public static Decision Expire(CreditAccount account, string orderId, DecisionFacts facts)
    {
        if (account.Orders.GetValueOrDefault(orderId) is not { IsApproved: true, ReservedUntil: { } last } order
            || order.Reserved.IsZero || last >= facts.Today)
            return Decision.Nothing;
        var without = account.Without(orderId);
        var after = without.ExposureIn(order.Amount.Currency);
        return Decision.Of(new OrderExpired(orderId, order.Amount, last, after, Available(without, after, facts)));
    }

    /// <summary>What is left of the limit: nothing is granted without one or after its last day.</summary>
    public static Money Available(CreditAccount account, Exposure changed, DecisionFacts facts) =>
        Granted(account, facts) - CreditPosition.Of(account, facts, changed).Counted;

    /// <summary>
    /// By what authority is judged that lets an order go: the order itself, or what the customer, its groups and its
    /// segment are over their limits with it, if that is more. Else many small orders would need less of it than one
    /// large one.
    /// </summary>
    /// <param name="after">The account with the order.</param>
    /// <param name="order">What it is worth.</param>
    /// <param name="facts">Day, policy, rates, groups.</param>
    /// <returns>In the base currency; above all bands where there is no rate.</returns>
    public static Money AtStake(CreditAccount after, Money order, DecisionFacts facts)
    {
        var position = CreditPosition.Of(after, facts);
        var sums = facts.Groups.Select(group => (
            group.Limit, Risk: CreditPosition.Sum(
                [.. position.AtRisk, group.Others], group.Limit.Currency, facts))).ToList();
        if (position.Unknown.Count > 0 || sums.Any(one => one.Risk.Unknown.Count > 0))
            return DecisionFacts.AboveAllBands(facts.Rates.Base);
        var shared = sums.Select(one => one.Risk.Sum - one.Limit);
        return shared.Prepend(position.Counted - Granted(after, facts)).Prepend(order)
            .Where(amount => amount.IsPositive)
            .Select(amount => facts.Rates.Convert(amount, facts.Rates.Base, facts.OldestRate)
                ?? DecisionFacts.AboveAllBands(facts.Rates.Base))
            .Aggregate(Money.Max);
    }

    /// <summary>What the limit grants today.</summary>
    public static Money Granted(CreditAccount account, DecisionFacts facts) =>
        CreditLimit.On(account, facts.Today, facts.Policy.Policy.Limits)?.Amount ?? Money.Zero(account.Currency);

    private static Decision Decide(Guid customerId, CreditAccount before, OrderWish wish, DecisionFacts facts)
    {
        var none = Money.Zero(wish.Amount.Currency);
        var account = before.Without(wish.OrderId);
        var without = account.ExposureIn(wish.Amount.Currency);
        var need = account.OutstandingOf(wish.OrderId, wish.Amount);
        var judgement = OrderRules.Judge(customerId, before, wish, facts);
        var (id, amount, basis, warnings) = (wish.OrderId, wish.Amount, judgement.Basis, judgement.Warnings);
        if (judgement.Reasons.Count == 0)
        {
            var after = without.MoveOrder(none, need);
            return Decision.Of(new OrderApproved(
                id, amount, need, after, Available(account, after, facts), wish.Terms, wish.NeededOn,
                LastDay(wish, facts.Today, facts), basis, wish.At, warnings));
        }

        var left = Available(account, without, facts);
        return Decision.Of(judgement.Declines
            ? new OrderDeclined(
                id, amount, judgement.Reasons, without, left, wish.Terms, wish.NeededOn, basis, wish.At, warnings,
                ByRule: true)
            : new OrderHeld(
                id, amount, judgement.Reasons, without, left, wish.Terms, wish.NeededOn, basis, wish.At, warnings));
    }

    private static Decision Reduce(CreditAccount account, CheckedOrder order, OrderWish wish, DecisionFacts facts)
    {
        var reserved = account.OutstandingOf(order.OrderId, wish.Amount);
        var after = account.ExposureIn(wish.Amount.Currency).MoveOrder(order.Reserved, reserved);
        return Decision.Of(new OrderReduced(
            order.OrderId, wish.Amount, reserved, after, Available(account, after, facts),
            order.Status == OrderStatus.Released));
    }

    /// <summary>Days from the decision; an order for later is kept until then at least.</summary>
    private static DateOnly? LastDay(OrderWish wish, DateOnly decided, DecisionFacts facts)
    {
        if (facts.Policy.Policy.Orders.ReservationDays is not { } days)
            return null;
        var from = wish.NeededOn > decided ? wish.NeededOn.Value : decided;
        return from.Plus(days);
    }

    /// <summary>The code of a hold in force that declines orders; null where there is none.</summary>
    private static string? DecliningHold(OrderJudgement judgement, DecisionFacts facts) => judgement.Results
        .FirstOrDefault(result => result is { Outcome: RuleOutcome.Blocks, Declines: true }
            && facts.Policy.Policy.Holds.Declining.Contains(result.Code))?.Code;

    /// <summary>
    /// True while the last decision answers for the order: a person's no wherever it comes to, all else up to its check
    /// point.
    /// </summary>
    private static bool IsSettled(CheckedOrder order, CheckPoint at, DecisionFacts facts) =>
        order.IsDeclinedByPerson
        || (at <= order.At && (order.Status is not OrderStatus.Approved || order.Reserved.IsZero
            || facts.Policy.Policy.Orders.GraceDays is null || IsWithinGraceDays(order, facts)));

    /// <summary>True where the policy asks nothing of an approved order at later check points yet.</summary>
    private static bool IsInGrace(CreditAccount account, CheckedOrder order, DecisionFacts facts) =>
        facts.Policy.Policy.Orders.GraceAtLaterPoints && order.Status == OrderStatus.Approved
        && IsWithinGraceDays(order, facts)
        && !account.HoldsOn(facts.Today).Any(hold => facts.Policy.Policy.Holds.Declining.Contains(hold.Code));

    private static bool IsWithinGraceDays(CheckedOrder order, DecisionFacts facts) =>
        facts.Policy.Policy.Orders.GraceDays is { } grace && order.Basis is { } basis
        && facts.Today <= basis.On.AddDays(grace);

    /// <summary>
    /// True where whoever released the order knew of all that stands against it now; a hold that declines orders is
    /// overridden by nobody.
    /// </summary>
    private static bool IsOverridden(
        Guid customerId, CreditAccount account, CheckedOrder order, OrderWish wish, DecisionFacts facts)
    {
        var judgement = OrderRules.Judge(customerId, account, wish, facts);
        return DecliningHold(judgement, facts) is null
            && judgement.Reasons.All(reason => order.Reasons.Any(known => known.Code == reason.Code));
    }

    private static bool Same(IReadOnlyList<OrderReason> reasons, CheckedOrder order) =>
        reasons.Select(reason => reason.Code).SequenceEqual(order.Reasons.Select(reason => reason.Code));
}
