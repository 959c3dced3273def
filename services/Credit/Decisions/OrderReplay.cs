using System.Collections.Immutable;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>A decision on an order that was made, and the account as it was then.</summary>
/// <param name="At">When.</param>
/// <param name="By">By whom.</param>
/// <param name="Before">The account before it.</param>
/// <param name="Wish">The order as it was asked for.</param>
/// <param name="Status">What was decided.</param>
/// <param name="Reasons">What of the policy stood against it.</param>
/// <param name="Warnings">What it warned of; null for nothing.</param>
/// <param name="Basis">What it rested on.</param>
public sealed record PastDecision(
    DateTimeOffset At, string By, CreditAccount Before, OrderWish Wish, OrderStatus Status,
    IReadOnlyList<OrderReason> Reasons, IReadOnlyList<OrderReason>? Warnings, DecisionBasis Basis)
{
    /// <summary>The rules' answer under a policy, with everything else as it was then.</summary>
    public OrderJudgement Judge(Guid customerId, NumberedPolicy policy) =>
        OrderRules.Judge(customerId, Before, Wish, Facts(policy));

    private DecisionFacts Facts(NumberedPolicy policy) => new(
        Basis.On, policy,
        new DayRates(Currency.Of(Basis.Base), (Basis.Rates ?? new Dictionary<string, DatedRate>())
            .ToImmutableDictionary(rate => Currency.Of(rate.Key), rate => rate.Value)),
        Basis.Groups ?? []);
}

/// <summary>
/// Finds decisions in the history of an account, each with the account as it was; releases by people among them.
/// </summary>
public sealed class OrderReplay
{
    private CreditAccount _account = CreditAccount.Initial;

    /// <summary>All decisions with what they rested on, oldest first.</summary>
    public static IEnumerable<PastDecision> Of(IEnumerable<StoredEvent> history)
    {
        var replay = new OrderReplay();
        return history.Select(replay.Next).OfType<PastDecision>();
    }

    /// <summary>The decision that this event is, or null; all events of the account come one after the other.</summary>
    public PastDecision? Next(StoredEvent e)
    {
        var decision = e.Data switch
        {
            OrderApproved { Basis: { } basis } order => Past(
                new OrderWish(order.OrderId, order.Amount, order.Terms, order.NeededOn, order.At),
                OrderStatus.Approved, [], order.Warnings, basis),
            // That it was declined before is no rule's word.
            OrderHeld { Basis: { } basis } order => Past(
                new OrderWish(order.OrderId, order.Amount, order.Terms, order.NeededOn, order.At), OrderStatus.Held,
                [.. order.Reasons.Where(reason => reason.Code != RuleCodes.WasDeclined)], order.Warnings, basis),
            OrderDeclined { Basis: { } basis } order => Past(
                new OrderWish(order.OrderId, order.Amount, order.Terms, order.NeededOn, order.At),
                OrderStatus.Declined, order.Reasons, order.Warnings, basis),
            OrderReleased { Basis: { } basis } order => Past(
                _account.Orders[order.OrderId].Wish, OrderStatus.Released, order.Reasons, order.Warnings, basis),
            _ => null,
        };
        _account = CreditAccount.Evolve(_account, e.Data);
        return decision;

        PastDecision Past(
            OrderWish wish, OrderStatus status, IReadOnlyList<OrderReason> reasons,
            IReadOnlyList<OrderReason>? warnings, DecisionBasis basis) =>
            new(e.At, e.Metadata.By, _account, wish, status, reasons, warnings, basis);
    }
}
