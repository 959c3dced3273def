using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

public sealed partial class ReceiptRecorder
{
    /// <summary>
    /// Adds the receipts of a file whose effects are held: their money is in the books, and money that was entered is
    /// cleared as ever; whose they are and what they pay is not asked before the file is armed. Called as
    /// <see cref="RecordAsync"/> is.
    /// </summary>
    public async Task<RecordedReceipts> RecordHeldAsync(
        string legalEntity, IReadOnlyList<(IncomingReceipt Receipt, BankAccountRow Account)> receipts,
        WriteBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(receipts);
        ArgumentNullException.ThrowIfNull(batch);
        if (receipts.Count == 0)
            return RecordedReceipts.None;
        var entity = await store.Database.LegalEntityAsync(legalEntity, cancellation);
        var today = clock.Today(entity!.TimeZone);
        var drawn = await numbers.DrawAsync(legalEntity, today.Year, receipts.Count, cancellation);
        var entered = await ClearAsync(batch, legalEntity, receipts, today, cancellation);
        var aside = (await matching.DeadlinesAsync(legalEntity, cancellation)).Aside(
            AsideReasons.Held, "The effects of its file are held until somebody arms it.");
        var used = 0;
        foreach (var (receipt, account) in receipts.Where(pair => !entered.ContainsKey(pair.Receipt.ReceiptId)))
        {
            Append(batch, Recording(receipt, drawn.Numbers[used++], account, entity, today), apply: null, aside);
        }

        batch.Guard(drawn.Use(used));
        return RecordedReceipts.NotMatched(entered);
    }
}
