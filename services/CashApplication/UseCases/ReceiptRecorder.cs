using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Records receipts that came in by files: numbers them, matches them and asks Invoicing to apply what is certain. The
/// candidates of hundreds are found at once, so the cost grows with the file and not with the round trips. They are
/// posted on the day the bank booked them, whenever the file comes.
/// </summary>
public sealed partial class ReceiptRecorder(
    EventStore store, ReceiptNumbers numbers, ReceiptMatching matching, TimeProvider clock)
{
    /// <summary>
    /// Adds the receipts of one legal entity to a write. The caller has its turn at the entity's numbers
    /// (<see cref="ReceiptNumbers.LongTurnAsync"/>), and calls again after a version conflict.
    /// </summary>
    public async Task<RecordedReceipts> RecordAsync(
        string legalEntity, IReadOnlyList<(IncomingReceipt Receipt, BankAccountRow Account)> receipts,
        WriteBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(receipts);
        ArgumentNullException.ThrowIfNull(batch);
        if (receipts.Count == 0)
            return RecordedReceipts.None;
        var entity = await store.Database.LegalEntityAsync(legalEntity, cancellation);
        var today = clock.Today(entity!.TimeZone);

        // First the numbers, then what was entered: whatever is entered from then on moves the numbers, and this write
        // is put together again.
        var drawn = await numbers.DrawAsync(legalEntity, today.Year, receipts.Count, cancellation);
        var entered = await ClearAsync(batch, legalEntity, receipts, today, cancellation);
        if (entered.Count > 0)
            receipts = [.. receipts.Where(pair => !entered.ContainsKey(pair.Receipt.ReceiptId))];
        var settings = await matching.SettingsAsync(legalEntity, cancellation);
        Payment[] payments =
        [
            .. receipts.Select(pair => PaymentOf(
                pair.Receipt, entity.AccountsFor(pair.Account.LedgerAccount, pair.Account.ChargesAccount))),
        ];
        var matched = await matching.MatchInOrderAsync(legalEntity, payments, settings, cancellation);
        var promises = new List<(Guid, int, decimal)>();
        var decisions = new List<(Guid, AllocationDecision?)>();
        for (var index = 0; index < receipts.Count; index++)
        {
            var (receipt, account) = receipts[index];
            var match = matched.Matches[index];
            var apply = matching.DecisionOf(match);
            var command = Recording(receipt, drawn.Numbers[index], account, entity, today) with
            {
                CustomerId = match.CustomerId,
                IdentifiedBy = match.IdentifiedBy,
            };
            Append(batch, command, apply, ReceiptMatching.AsideOf(match, settings, today));
            promises.AddRange(ReceiptMatching.Promises(apply));
            decisions.Add((receipt.ReceiptId, apply));
        }

        await matching.ClaimRemittancesAsync(batch, decisions, cancellation);
        batch.GuardPromises(promises).Guard(drawn.Use(receipts.Count));
        return new RecordedReceipts(matched, entered);
    }

    /// <summary>A payment of a file as a receipt of nobody yet.</summary>
    private static RecordReceipt Recording(
        IncomingReceipt receipt, string number, BankAccountRow account, LegalEntityRow entity, DateOnly today) => new(
        receipt.ReceiptId, number, entity.Code, receipt.Method, account.Code,
        entity.AccountsFor(account.LedgerAccount, account.ChargesAccount), receipt.Amount, receipt.ValueDate,
        receipt.Source.PostedOn(today), receipt.Payer, receipt.Remittance, receipt.CheckNumber, receipt.Source,
        CustomerId: null, IdentifiedBy: null, receipt.Documents, Charges: receipt.Charges);

    private static void Append(
        WriteBatch batch, RecordReceipt command, AllocationDecision? apply, ReceiptSetAside? aside)
    {
        var decision = ReceiptDecider.Record(Receipt.Initial, command, apply, aside);
        if (decision.Refusal is { } refusal)
            throw new InvalidOperationException($"A statement line was refused as a receipt: {refusal.Detail}");
        batch.Append(ReceiptStream.Type, command.ReceiptId, 0, decision.Events);
    }

    /// <summary>
    /// Credits that are money which was entered, by their receipts. One that is void or cleared by now is a version
    /// conflict; what else may not be cleared by itself is left to a person.
    /// </summary>
    private async Task<IReadOnlyDictionary<Guid, Guid>> ClearAsync(
        WriteBatch batch, string legalEntity, IReadOnlyList<(IncomingReceipt Receipt, BankAccountRow Account)> credits,
        DateOnly today, CancellationToken cancellation)
    {
        var told = await EnteredReceipts.OfAsync(store.Database, legalEntity, credits, cancellation);
        var entered = new Dictionary<Guid, Guid>(told.Count);
        foreach (var (credit, account) in credits)
        {
            if (!told.TryGetValue(credit.ReceiptId, out var id))
                continue;
            var (receipt, version) = await store.LoadAsync(ReceiptStream.Type, id, cancellation);
            var cleared = ReceiptDecider.Clear(
                receipt, id,
                new Clearing(
                    new PayingAccount(account.Code, account.LedgerAccount), credit.Source, credit.Payer,
                    credit.Remittance, null, credit.CheckNumber, credit.Documents),
                credit.Source.PostedOn(today));
            if (receipt.Balance.IsReversed || receipt.Source is not null)
            {
                batch.Outdated();
            }
            else if (!cleared.IsRefused)
            {
                batch.Append(ReceiptStream.Type, id, version, cleared.Events);
                entered[credit.ReceiptId] = id;
            }
        }

        return entered;
    }

    /// <summary>A payment of a file as it looks for its purpose.</summary>
    internal static Payment PaymentOf(IncomingReceipt receipt, LedgerAccounts accounts) => new(
        receipt.Amount, receipt.Payer.Name, receipt.Payer.Account, receipt.Remittance, null, receipt.ValueDate,
        receipt.CheckNumber, receipt.Documents, Charges: accounts.TakeCharges ? receipt.Charges : null,
        PayerBank: receipt.Payer.Bank);
}

/// <summary>What became of payments that came in by a file.</summary>
/// <param name="Matching">How those were matched that are new receipts.</param>
/// <param name="Entered">The receipts that had been entered for the others, by what these would have become.</param>
public sealed record RecordedReceipts(MatchedPayments Matching, IReadOnlyDictionary<Guid, Guid> Entered)
{
    /// <summary>Nothing came.</summary>
    public static readonly RecordedReceipts None = NotMatched(new Dictionary<Guid, Guid>());

    /// <summary>How those were matched that are new receipts.</summary>
    public IReadOnlyList<MatchResult> Matches => Matching.Matches;

    /// <summary>None is matched.</summary>
    internal static RecordedReceipts NotMatched(IReadOnlyDictionary<Guid, Guid> entered) =>
        new(new MatchedPayments([], TimeSpan.Zero, TimeSpan.Zero), entered);
}
