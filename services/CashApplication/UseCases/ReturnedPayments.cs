using Dapper;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Finds the receipt of each payment that a bank took back and reverses it: by a reference that both have, by the
/// number of the check, or as the only receipt of that amount from the payer's account. Two that would fit are left to
/// a person. It does not matter which of the two came first, nor by which file.
/// </summary>
public sealed class ReturnedPayments(EventStore store, ReceiptMatching matching)
{
    /// <summary>
    /// Pairs that fit, each way of finding by itself. A receipt is taken back once; the amount must be the receipt's. A
    /// credit whose money is that of entered receipts is none.
    /// </summary>
    private const string Pairs = """
        with open as (
            select * from returned_payments where receipt_id is null
        ), pairs as (
            select p.import_id, p.statement, p.entry, p.detail, p.reason, p.code, p.amount, p.currency,
                r.id as receipt_id,
                case when f.reference like 'check:%' then 'check' else 'reference' end as found_by,
                case when f.reference like 'check:%' then 2 else 1 end as rank
            from open p
            cross join lateral unnest(string_to_array(p.refs, E'\n')) as ref
            join receipt_references f on f.bank_account = p.bank_account and f.reference = ref
            join receipts r on r.id = f.receipt_id and r.currency = p.currency and r.amount = p.amount
                and r.value_date <= p.booking_date and (r.is_entered or r.import_id is not null)
            union all
            select p.import_id, p.statement, p.entry, p.detail, p.reason, p.code, p.amount, p.currency, r.id, 'payer', 3
            from open p
            join receipts r on r.bank_account = p.bank_account and r.payer_account = p.account
                and r.currency = p.currency and r.amount = p.amount
                and r.value_date between p.booking_date - 60 and p.booking_date
                and (r.is_entered or r.import_id is not null)
        ), free as (
            select distinct import_id, statement, entry, detail, reason, code, amount, currency, receipt_id, found_by,
                rank
            from pairs x
            where not exists (select 1 from returned_payments t where t.receipt_id = x.receipt_id)
        ), best as (
            select *, min(rank) over (partition by import_id, statement, entry, detail) as least from free
        )
        select import_id, statement, entry, detail, min(receipt_id::text)::uuid as receipt_id,
            min(found_by) as found_by, reason, code, amount, currency
        from best where rank = least
        group by import_id, statement, entry, detail, reason, code, amount, currency
        having count(distinct receipt_id) = 1
        order by import_id, statement, entry, detail limit 1000
        """;

    /// <summary>Those whose receipt can be told now, each receipt once.</summary>
    public async Task<IReadOnlyList<Found>> FindAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var found = await connection.QueryAsync<Found>(new CommandDefinition(Pairs, cancellationToken: cancellation));
        return [.. found.DistinctBy(pair => pair.ReceiptId)];
    }

    /// <summary>
    /// Reverses the receipt of one that was found and notes it on the import, in one write; nothing when somebody else
    /// was quicker.
    /// </summary>
    public Task TakeBackAsync(Found found, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(found);
        return store.CommitAsync(
            async cancel =>
            {
                var batch = new WriteBatch(SystemMetadata(found));
                return await AddAsync(batch, found, cancel) is { } refusal
                    ? throw new InvalidOperationException(
                        $"A returned payment could not be taken back: {refusal.Detail}")
                    : batch;
            },
            cancellation);
    }

    /// <summary>
    /// Adds the reversal to a write, of a part where less came back than is left; nothing where the payment is found
    /// already. A part that was reversed before is only noted as this payment's.
    /// </summary>
    internal async Task<Refusal?> AddAsync(
        WriteBatch batch, Found found, CancellationToken cancellation, IReadOnlyList<Guid>? allocations = null,
        Guid? reversalId = null)
    {
        var (import, importVersion) = await store.LoadAsync(StatementImport.Type, found.ImportId, cancellation);
        if (import.Found.Contains((found.Statement, found.Entry, found.Detail)))
            return null;
        var (receipt, version) = await store.LoadAsync(ReceiptStream.Type, found.ReceiptId, cancellation);
        var amount = Money.Of(found.Amount, found.Currency);
        if (reversalId is { } known)
        {
            if (receipt.Parts.GetValueOrDefault(known) != amount)
                return ReceiptRefusals.NoSuchReversal(known, amount);
            batch.Append(StatementImport.Type, found.ImportId, importVersion, [NoteOf(found, known)]);
            return null;
        }

        var left = receipt.Balance.Left + receipt.Balance.TotalRefunded;
        if (amount > left && amount != receipt.Balance.Amount && amount != receipt.ReversedAtLast)
            return OtherAmount(amount, left);
        var deadlines = await matching.DeadlinesAsync(receipt.LegalEntity, cancellation);
        var isPart = receipt.Exists && amount < left;
        var part = new PartialReversal(
            Ids.From("returned-payment", $"{found.ImportId:N}/{found.Statement}/{found.Entry}/{found.Detail}"), amount,
            found.Reason, found.Code, allocations);
        var reversed = isPart
            ? ReceiptDecider.ReversePart(receipt, found.ReceiptId, part, deadlines)
            : ReceiptDecider.Reverse(receipt, found.ReceiptId, found.Reason, found.Code, deadlines.Today);
        if (reversed.Refusal is { } refusal)
            return refusal;
        batch.Append(ReceiptStream.Type, found.ReceiptId, version, reversed.Events)
            .Append(StatementImport.Type, found.ImportId, importVersion,
                [NoteOf(found, isPart ? part.ReversalId : null)]);
        return null;
    }

    /// <summary>More came back than there is of it.</summary>
    internal static Refusal OtherAmount(Money returned, Money left) => new("other-amount",
        $"{returned} came back; no more than {left} can.", Field: "/receiptId");

    private static ReturnedPaymentFound NoteOf(Found found, Guid? part) => new(
        found.Statement, found.Entry, found.Detail, found.ReceiptId, found.FoundBy, IsPart: part is not null,
        ReversalId: part);

    private static EventMetadata SystemMetadata(Found found) => new(
        By: "cash-application", Reason: $"payment returned by the bank, found by {found.FoundBy}");

    /// <summary>A returned payment and its receipt.</summary>
    public sealed record Found(
        Guid ImportId, int Statement, int Entry, int Detail, Guid ReceiptId, string FoundBy, string Reason,
        string? Code, decimal Amount, string Currency);
}
