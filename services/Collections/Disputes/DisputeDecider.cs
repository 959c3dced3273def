using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Disputes;

/// <summary>What of a dispute is to be different; null leaves it as it is.</summary>
public sealed record DisputeChange(
    DisputeReason? Reason, string? Team, string? Owner, DateOnly? DueOn, Money? Amount, string? RootCause);

/// <summary>What may become of a dispute.</summary>
public static class DisputeDecider
{
    /// <summary>
    /// Opens it; one that the policy says is too small to look into is accepted at once, as long as all that was
    /// accepted so of one invoice is small too. What a person disputes is at most what is open and not disputed; a
    /// deduction is a fact and is noted as it is.
    /// </summary>
    /// <param name="dispute">The dispute.</param>
    /// <param name="wish">What is disputed; team and day are filled in here.</param>
    /// <param name="most">What can be disputed; null for a deduction.</param>
    /// <param name="policy">Who looks into it, and what is too small for that.</param>
    /// <param name="today">The day it is at the legal entity.</param>
    /// <param name="requestId">The request for a credit memo, should there be one.</param>
    /// <param name="before">What the policy has accepted of the invoice already, in the same currency.</param>
    public static Decision Open(
        Dispute dispute, DisputeOpened wish, Money? most, CollectionPolicyDefined policy, DateOnly today,
        Guid requestId, Money before)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        ArgumentNullException.ThrowIfNull(wish);
        if (dispute.Case is not null || dispute.Status == DisputeStatus.Withdrawn)
            return Decision.Nothing;
        if (!wish.Amount.IsPositive)
            return DisputeRefusals.NoAmount();
        if (most is { } open && (open.Currency != wish.Amount.Currency || wish.Amount > open))
            return DisputeRefusals.MoreThanOpen(wish.Amount, open);
        var routing = policy.Routing(Code(wish.Reason));
        var opened = wish with { Team = routing.Team, DueOn = today.AddDays(routing.Days) };
        var after = Dispute.Evolve(dispute, opened);
        return wish.Amount + before <= SmallUpTo(policy, wish.Amount.Currency)
            ? Decision.Of(opened, new DisputeAccepted(
                after.Case! with { Accepted = wish.Amount }, requestId, ByPolicy: true))
            : Decision.Of(opened);
    }

    /// <summary>How much of one invoice is accepted without a look at most, in a currency; null for nothing.</summary>
    public static Money? SmallUpTo(CollectionPolicyDefined policy, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Disputes.AcceptedUpTo.Where(limit => limit.Currency == currency)
            .Select(limit => (Money?)limit).FirstOrDefault();
    }

    /// <summary>Somebody begins to look into it.</summary>
    public static Decision Take(Dispute dispute, string owner) => WhileUndecided(dispute, now =>
        dispute.Status == DisputeStatus.Investigating && now.Owner == owner
            ? Decision.Nothing
            : Decision.Of(new DisputeTaken(now with { Owner = owner })));

    /// <summary>Changes what is said about it.</summary>
    /// <param name="dispute">The dispute.</param>
    /// <param name="change">What is to be different.</param>
    /// <param name="more">How much more of the item can be disputed.</param>
    /// <param name="today">The day it is at the legal entity.</param>
    public static Decision Change(Dispute dispute, DisputeChange change, Money more, DateOnly today) =>
        WhileUndecided(dispute, now =>
        {
            ArgumentNullException.ThrowIfNull(change);
            if (change.DueOn is { } day && (day < today || day > today.AddYears(1)))
                return DisputeRefusals.DueOn(today, today.AddYears(1));
            if (change.Amount is { } amount)
            {
                if (amount.Currency != now.Disputed.Currency || !amount.IsPositive)
                    return DisputeRefusals.NoAmount();
                if (amount > now.Disputed + more)
                    return DisputeRefusals.MoreThanOpen(amount, now.Disputed + more);
            }

            var after = now with
            {
                Reason = change.Reason ?? now.Reason,
                Team = change.Team ?? now.Team,
                Owner = change.Owner ?? now.Owner,
                DueOn = change.DueOn ?? now.DueOn,
                RootCause = change.RootCause ?? now.RootCause,
                Disputed = change.Amount ?? now.Disputed,
            };
            return after == now ? Decision.Nothing : Decision.Of(new DisputeChanged(after));
        });

    /// <summary>
    /// Finds the customer right, in full or in part. What is accepted stays held back until it is credited; the rest is
    /// payable again.
    /// </summary>
    public static Decision Accept(Dispute dispute, Money? amount, string? rootCause, Guid requestId) =>
        WhileUndecided(dispute, now =>
        {
            var accepted = amount ?? now.Disputed;
            if (accepted.Currency != now.Disputed.Currency || !accepted.IsPositive)
                return DisputeRefusals.NoAmount();
            return accepted > now.Disputed
                ? DisputeRefusals.MoreThanDisputed(accepted, now.Disputed)
                : Decision.Of(new DisputeAccepted(
                    now with { Accepted = accepted, Disputed = accepted, RootCause = rootCause ?? now.RootCause },
                    requestId, ByPolicy: false));
        });

    /// <summary>Finds the customer wrong.</summary>
    public static Decision Reject(Dispute dispute, string? rootCause) => WhileUndecided(dispute, now =>
        Decision.Of(new DisputeRejected(Settled(now) with { RootCause = rootCause ?? now.RootCause })));

    /// <summary>The customer drops it.</summary>
    public static Decision Withdraw(Dispute dispute) => dispute?.Status == DisputeStatus.Withdrawn
        ? Decision.Nothing
        : WhileUndecided(dispute!, now => Decision.Of(new DisputeWithdrawn(Settled(now))));

    /// <summary>
    /// Nothing is owed any more of what it is about, and nobody has to decide who is right. One that is decided stays
    /// decided.
    /// </summary>
    public static Decision Drop(Dispute dispute)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        return dispute is { IsUndecided: true, Case: { } now }
            ? Decision.Of(new DisputeWithdrawn(Settled(now)))
            : Decision.Nothing;
    }

    /// <summary>
    /// The payment that fell short was taken back. This word may come before the dispute itself; and one that is
    /// decided stays decided. Of one that is accepted it is remembered, for Invoicing may still refuse the credit.
    /// </summary>
    public static Decision WithdrawDeduction(Dispute dispute)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        return dispute switch
        {
            { Status: DisputeStatus.Withdrawn } => Decision.Nothing,
            { Case: null } => Decision.Of(new DisputeWithdrawn(null)),
            { IsUndecided: true, Case: { } now } => Decision.Of(new DisputeWithdrawn(Settled(now))),
            { Status: DisputeStatus.Accepted, IsDeductionTakenBack: false, Case: { } now } =>
                Decision.Of(new DisputeDeductionTakenBack(now)),
            _ => Decision.Nothing,
        };
    }

    /// <summary>Invoicing has credited it.</summary>
    public static Decision Credited(Dispute dispute, Guid requestId, Guid? creditMemoId, string? number) =>
        WhileAwaited(
            dispute, requestId, now => Decision.Of(new DisputeCredited(Settled(now), creditMemoId, number)));

    /// <summary>Invoicing waits for an approval.</summary>
    public static Decision CreditAwaited(Dispute dispute, Guid requestId, string detail) =>
        WhileAwaited(dispute, requestId, now => Decision.Of(new DisputeCreditAwaited(now, detail)));

    /// <summary>
    /// Invoicing does not credit it: somebody looks into it again, unless the payment that fell short was taken back
    /// meanwhile and there is nothing left to look into.
    /// </summary>
    public static Decision CreditRefused(Dispute dispute, Guid requestId, string code, string detail) =>
        WhileAwaited(dispute, requestId, now =>
        {
            var refused = new DisputeCreditRefused(
                now with { Accepted = Money.Zero(now.Accepted.Currency) }, code, detail);
            return dispute.IsDeductionTakenBack
                ? Decision.Of(refused, new DisputeWithdrawn(Settled(refused.Case)))
                : Decision.Of(refused);
        });

    /// <summary>Notes once that its day has passed.</summary>
    public static Decision Overdue(Dispute dispute, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        return dispute is { IsUndecided: true, IsOverdue: false, Case: { } now } && now.DueOn < today
            ? Decision.Of(new DisputeFellOverdue(now))
            : Decision.Nothing;
    }

    /// <summary>A reason as it is written on the wire.</summary>
    public static string Code(DisputeReason reason) => Json.NameOf(reason);

    private static DisputeCase Settled(DisputeCase now) => now with { Disputed = Money.Zero(now.Disputed.Currency) };

    private static Decision WhileUndecided(Dispute dispute, Func<DisputeCase, Decision> decide)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        return dispute is { IsUndecided: true, Case: { } now }
            ? decide(now)
            : DisputeRefusals.Decided(dispute.Status);
    }

    private static Decision WhileAwaited(Dispute dispute, Guid requestId, Func<DisputeCase, Decision> decide)
    {
        ArgumentNullException.ThrowIfNull(dispute);
        return dispute is { Status: DisputeStatus.Accepted, Case: { } now } && dispute.RequestId == requestId
            ? decide(now)
            : Decision.Nothing;
    }
}
