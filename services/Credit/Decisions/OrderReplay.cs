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
/// <param name="Reasons">What stood against it.</param>
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

/// <summary>Finds decisions in the history of an account, each with the account as it was.</summary>
public static class OrderReplay
{
    /// <summary>All decisions with what they rested on, oldest first; releases by people among them.</summary>
    public static IEnumerable<PastDecision> Of(IEnumerable<StoredEvent> history)
    {
        var account = CreditAccount.Initial;
        foreach (var e in history)
        {
            var decision = e.Data switch
            {
                OrderApproved { Basis: { } basis } order => Past(
                    new OrderWish(order.OrderId, order.Amount, order.Terms, order.NeededOn, order.At),
                    OrderStatus.Approved, [], order.Warnings, basis),
                OrderHeld { Basis: { } basis } order => Past(
                    new OrderWish(order.OrderId, order.Amount, order.Terms, order.NeededOn, order.At),
                    OrderStatus.Held, order.Reasons, order.Warnings, basis),
                OrderDeclined { Basis: { } basis } order => Past(
                    new OrderWish(order.OrderId, order.Amount, order.Terms, order.NeededOn, order.At),
                    OrderStatus.Declined, order.Reasons, order.Warnings, basis),
                OrderReleased { Basis: { } basis } order => Past(
                    account.Orders[order.OrderId].Wish, OrderStatus.Released, order.Reasons, order.Warnings, basis),
                _ => null,
            };
            if (decision is not null)
                yield return decision;
            account = CreditAccount.Evolve(account, e.Data);

            PastDecision Past(
                OrderWish wish, OrderStatus status, IReadOnlyList<OrderReason> reasons,
                IReadOnlyList<OrderReason>? warnings, DecisionBasis basis) =>
                new(e.At, e.Metadata.By, account, wish, status, reasons, warnings, basis);
        }
    }
}
