using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Records receipts that came in by files: numbers them, matches them and asks Invoicing to apply what is certain. One
/// query finds the candidates of all of them, so the cost grows with the file and not with the round trips.
/// </summary>
public sealed class ReceiptRecorder(
    EventStore store, ReceiptNumbers numbers, ReceiptMatching matching, TimeProvider clock)
{
    /// <summary>
    /// Adds the receipts of one legal entity to a write. The caller has its turn at the entity's numbers
    /// (<see cref="ReceiptNumbers.TurnAsync"/>), and calls again after a version conflict.
    /// </summary>
    public async Task<IReadOnlyList<MatchResult>> RecordAsync(
        string legalEntity, IReadOnlyList<(IncomingReceipt Receipt, BankAccountRow Account)> receipts,
        WriteBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(receipts);
        ArgumentNullException.ThrowIfNull(batch);
        if (receipts.Count == 0)
            return [];
        var entity = await store.Database.LegalEntityAsync(legalEntity, cancellation);
        var postingDate = clock.Today(entity!.TimeZone);
        var drawn = await numbers.DrawAsync(legalEntity, postingDate.Year, receipts.Count, cancellation);
        var settings = await matching.SettingsAsync(legalEntity, cancellation);
        Payment[] payments = [.. receipts.Select(pair => PaymentOf(pair.Receipt))];
        var sessions = await matching.SessionsAsync(legalEntity, payments, settings, cancellation);
        var matches = new List<MatchResult>(receipts.Count);
        var promises = new List<(Guid, int, decimal)>();
        var decisions = new List<(Guid, AllocationDecision?)>();
        for (var index = 0; index < receipts.Count; index++)
        {
            var (receipt, account) = receipts[index];
            var match = sessions[receipt.Amount.Currency].Match(payments[index]);
            matches.Add(match);
            var apply = matching.DecisionOf(match);
            var decision = ReceiptDecider.Record(Receipt.Initial, new RecordReceipt(
                receipt.ReceiptId, drawn.Numbers[index], legalEntity, receipt.Method, account.Code,
                entity.AccountsFor(account.LedgerAccount), receipt.Amount, receipt.ValueDate, postingDate,
                receipt.Payer, receipt.Remittance, receipt.CheckNumber, receipt.Source, match.CustomerId,
                match.IdentifiedBy), apply, ReceiptMatching.AsideOf(match, settings, postingDate));
            if (decision.Refusal is { } refusal)
                throw new InvalidOperationException($"A statement line was refused as a receipt: {refusal.Detail}");
            batch.Append(ReceiptStream.Type, receipt.ReceiptId, receipt.Version, decision.Events);
            promises.AddRange(ReceiptMatching.Promises(apply));
            decisions.Add((receipt.ReceiptId, apply));
        }

        await matching.ClaimRemittancesAsync(batch, decisions, cancellation);
        batch.GuardPromises(promises).Guard(drawn.Guard);
        return matches;
    }

    private static Payment PaymentOf(IncomingReceipt receipt) => new(
        receipt.Amount, receipt.Payer.Name, receipt.Payer.Account, receipt.Remittance, null, receipt.ValueDate,
        receipt.CheckNumber, receipt.Documents);
}
