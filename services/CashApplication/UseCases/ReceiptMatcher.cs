using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Matches a receipt that is recorded already once more.</summary>
public sealed class ReceiptMatcher(EventStore store, ReceiptMatching matching, TimeProvider clock)
{
    /// <summary>
    /// Adds to a write what is certain by now, or why the money still waits; nothing where nothing is new. Gives the
    /// receipt as it is after the write. What is <paramref name="found"/> already is not sought again, and
    /// its advice is the caller's to tie.
    /// </summary>
    public async Task<Loaded<Receipt>> AddAsync(
        WriteBatch batch, Guid id, Receipt receipt, long version, CancellationToken cancellation,
        MatchResult? found = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(receipt);
        if (receipt.Balance.IsReversed || ReceiptMatching.PaymentOf(id, receipt) is not { } payment)
            return new Loaded<Receipt>(receipt, version);
        var settings = await matching.SettingsAsync(receipt.LegalEntity, cancellation);
        var match = found ?? await matching.MatchAsync(receipt.LegalEntity, payment, cancellation);
        var entity = await store.Database.LegalEntityAsync(receipt.LegalEntity, cancellation);
        var today = clock.Today(entity!.TimeZone);
        var aside = ReceiptMatching.AsideOf(match, settings, today);
        var apply = matching.DecisionOf(match);
        var decision = apply is not null
            ? ReceiptDecider.Request(
                receipt, id, match.CustomerId!.Value, match.IdentifiedBy ?? match.Chosen!.Rule, apply, today, aside)
            : Waiting(receipt, id, match, aside, settings.Policy.DeadlinesFrom(today));
        if (decision.IsRefused)
            return new Loaded<Receipt>(receipt, version);
        batch.GuardPromises(ReceiptMatching.Promises(apply)).Append(ReceiptStream.Type, id, version, decision.Events);
        if (found is null)
            await matching.ClaimRemittancesAsync(batch, [(id, apply)], cancellation);
        return new Loaded<Receipt>(
            decision.Events.Aggregate(receipt, Receipt.Evolve), version + decision.Events.Count);
    }

    private static Decision Waiting(
        Receipt receipt, Guid id, MatchResult match, ReceiptSetAside? aside, Deadlines deadlines)
    {
        if (receipt.Balance.CustomerId is null && match.CustomerId is { } known)
        {
            return ReceiptDecider.Identify(
                receipt, id, known, match.IdentifiedBy ?? "matching", deadlines, aside: aside);
        }

        if (aside is null || aside.IsAsBefore(receipt.Aside))
            return Decision.Nothing;

        // Where only who may have paid is new, nobody gets more time for it.
        return ReceiptDecider.SetAside(
            receipt, id,
            receipt.Aside is { } before && before.Reason == aside.Reason ? aside with { DueOn = before.DueOn } : aside);
    }
}
