using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Brings together what matching needs and what receipts make of its results.</summary>
public sealed partial class ReceiptMatching(EventStore store, CashPolicy configured, TimeProvider clock)
{
    /// <summary>Policy and rule sets of a legal entity.</summary>
    public async Task<MatchSettings> SettingsAsync(string legalEntity, CancellationToken cancellation)
    {
        var policies = await store.LoadAsync(CashPolicies.Type, CashPolicies.IdOf(legalEntity), cancellation);
        return policies.State.Settings(configured.Matching);
    }

    /// <summary>By when money that is set aside today should have been looked at.</summary>
    public async Task<Deadlines> DeadlinesAsync(string legalEntity, CancellationToken cancellation)
    {
        var settings = await SettingsAsync(legalEntity, cancellation);
        var entity = await store.Database.LegalEntityAsync(legalEntity, cancellation);
        return settings.Policy.DeadlinesFrom(clock.Today(entity?.TimeZone ?? "UTC"));
    }

    /// <summary>What could explain payments to one legal entity, for each currency.</summary>
    public Task<IReadOnlyDictionary<Currency, MatchFacts>> FactsAsync(
        string legalEntity, IEnumerable<Payment> payments, MatchSettings settings, CancellationToken cancellation) =>
        FactsAsync(legalEntity, payments.Select(one => settings.Read(one)), settings, cancellation);

    private async Task<IReadOnlyDictionary<Currency, MatchFacts>> FactsAsync(
        string legalEntity, IEnumerable<PaymentReading> payments, MatchSettings settings,
        CancellationToken cancellation)
    {
        var facts = new Dictionary<Currency, MatchFacts>();
        foreach (var group in payments.GroupBy(one => one.Payment.Amount.Currency))
        {
            facts[group.Key] = await MatchFactsReader.FindAsync(
                store.Database, legalEntity, [.. group], settings, cancellation);
        }

        return facts;
    }

    /// <summary>Sessions for payments to one legal entity, one for each currency.</summary>
    public async Task<IReadOnlyDictionary<Currency, MatchSession>> SessionsAsync(
        string legalEntity, IEnumerable<Payment> payments, MatchSettings settings, CancellationToken cancellation) =>
        (await FactsAsync(legalEntity, payments, settings, cancellation))
            .ToDictionary(pair => pair.Key, pair => new MatchSession(pair.Value, settings));

    /// <summary>What a payment may be for, by what is known at this moment.</summary>
    public async Task<MatchResult> MatchAsync(
        string legalEntity, Payment payment, CancellationToken cancellation, WaitingRemittance? arriving = null)
    {
        var settings = await SettingsAsync(legalEntity, cancellation);
        var reading = settings.Read(payment);
        var facts = await MatchFactsReader.FindAsync(
            store.Database, legalEntity, [reading], settings, cancellation, arriving);
        return new MatchSession(facts, settings).Match(reading);
    }

    /// <summary>What the chosen explanation asks for; null where none was certain.</summary>
    public AllocationDecision? DecisionOf(MatchResult match)
    {
        ArgumentNullException.ThrowIfNull(match);
        return match.Chosen is { } chosen ? DecisionOf(chosen, isAutomatic: true) : null;
    }

    /// <summary>What an explanation asks for.</summary>
    public AllocationDecision DecisionOf(Explanation explanation, bool isAutomatic)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        return new AllocationDecision(
            Ids.Next(clock), explanation.Rule, explanation.Confidence, explanation.Reasons, isAutomatic,
            [
                .. explanation.Lines.Select(line => new RequestedAllocation(
                    Ids.Next(clock), line.InvoiceId, line.InvoiceNumber, line.Installment, line.CustomerId,
                    line.Amount, line.Discount, line.Difference, line.Deduction, Credits: line.Credits,
                    IsUnearned: line.IsUnearned, Charges: line.Charges)),
            ],
            explanation.Rest, explanation.RemittanceId, explanation.Scoring);
    }

    /// <summary>
    /// Adds that receipts follow the advices their decisions rest on. An advice that another receipt has taken
    /// meanwhile is a version conflict, and matching starts again.
    /// </summary>
    public async Task ClaimRemittancesAsync(
        WriteBatch batch, IEnumerable<(Guid ReceiptId, AllocationDecision? Decision)> decisions,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(decisions);
        foreach (var (receiptId, decision) in decisions)
        {
            if (decision?.RemittanceId is not { } remittanceId)
                continue;
            var (remittance, version) = await store.LoadAsync(Remittance.Type, remittanceId, cancellation);
            var claimed = RemittanceDecider.Match(remittance, receiptId);
            if (claimed.IsRefused)
                batch.Outdated();
            else
                batch.Append(Remittance.Type, remittanceId, version, claimed.Events);
        }
    }

    /// <summary>
    /// Adds that a receipt follows some of its advices no longer, in the write that takes back what was applied by them
    /// or reverses the receipt: the same payer may pay again by the same advice, and another receipt may be the one it
    /// was meant for. So too of advices that it has not followed for long, where nobody wrote that down.
    /// </summary>
    public async Task ReleaseRemittancesAsync(
        WriteBatch batch, Guid receiptId, Receipt before, IReadOnlyList<object> events,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(before);
        var after = events.Aggregate(before, Receipt.Evolve);
        var known = before.Allocations.Values.Select(one => one.Ground.RemittanceId).OfType<Guid>();
        foreach (var remittanceId in known.Except(after.FollowedAdvices))
        {
            var (remittance, version) = await store.LoadAsync(Remittance.Type, remittanceId, cancellation);
            var released = RemittanceDecider.Release(remittance, receiptId);
            batch.Append(Remittance.Type, remittanceId, version, released.Events);
        }
    }

    /// <summary>Why what is left waits, and until when; null where nothing does.</summary>
    public static ReceiptSetAside? AsideOf(MatchResult match, MatchSettings settings, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(settings);
        return match.Aside is { } aside
            ? settings.Policy.DeadlinesFrom(today).Aside(aside.Reason, aside.Detail) with { Payers = match.Payers }
            : null;
    }

    /// <summary>What is free of a receipt, as a payment that looks for its purpose; null where nothing is.</summary>
    public static Payment? PaymentOf(Guid receiptId, Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var (free, owner) = (receipt.Balance.Free, receipt.Balance.CustomerId);
        if (!free.IsPositive && (receipt.Balance.Shares ?? []).FirstOrDefault(one => one.Free.IsPositive) is { } share)
            (free, owner) = (share.Free, share.CustomerId);
        return free.IsPositive
            ? new Payment(free, receipt.Payer.Name, receipt.Payer.Account, receipt.Remittance, owner,
                receipt.ValueDate, receipt.CheckNumber, Unpaid(receipt), receiptId, receipt.ChargesLeft,
                receipt.Payer.Bank)
            : null;
    }

    /// <summary>
    /// The documents that the payer told and that no allocation of the receipt pays or takes off already.
    /// </summary>
    private static IReadOnlyList<RemittanceLine> Unpaid(Receipt receipt)
    {
        if (receipt.Documents.Count == 0 || receipt.Allocations.IsEmpty)
            return receipt.Documents;
        var paid = receipt.Allocations.Values
            .Where(one => one.Status is AllocationStatus.Pending or AllocationStatus.Confirmed)
            .SelectMany(one =>
                (one.Asked.Credits ?? []).Select(credit => credit.Number).Append(one.Asked.InvoiceNumber))
            .Select(ReferenceKeys.Compact).ToHashSet(StringComparer.Ordinal);
        return [.. receipt.Documents.Where(one => !paid.Contains(ReferenceKeys.Compact(one.DocumentNumber)))];
    }

    /// <summary>What a decision promises, for <see cref="OpenItems.GuardPromises"/>.</summary>
    public static IEnumerable<(Guid InvoiceId, int Installment, decimal Amount)> Promises(
        AllocationDecision? decision) =>
        (decision?.Allocations ?? []).Select(asked => (
            asked.InvoiceId, asked.Installment, (asked.Settled + asked.Credited).Amount));
}
