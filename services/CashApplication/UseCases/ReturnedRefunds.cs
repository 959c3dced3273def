using Dapper;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Finds the refund of each credit in which a payment of ours comes back: by the reference from end to end that its
/// payment file gave it, wherever the bank repeats it. Its money is free again, once: one that a person has returned
/// already is only tied to the line.
/// </summary>
public sealed class ReturnedRefunds(EventStore store, ReceiptMatching matching)
{
    private const string Pairs = """
        with open as (
            select p.*, b.legal_entity, replace(lower(p.refs), '-', '') as names,
                lower(regexp_replace(coalesce(p.text, ''), '[\s-]', '', 'g')) as words
            from returned_credits p join bank_accounts b on b.code = p.bank_account
            where p.receipt_id is null and p.refund_id is null and p.closed is null
                and not exists (select 1 from statement_imports f where f.id = p.import_id and f.effects = 'held')
        ), pairs as (
            select p.import_id, p.statement, p.entry, p.detail, p.code, f.id as refund_id
            from open p join refunds f on f.legal_entity = p.legal_entity and f.currency = p.currency
                and f.amount = p.amount and f.status in ('paid', 'returned')
            cross join lateral (select replace(f.id::text, '-', '') as reference) e
            where (e.reference = any(string_to_array(p.names, E'\n')) or position(e.reference in p.words) > 0)
                and not exists (select 1 from returned_credits t where t.refund_id = f.id)
        )
        select import_id, statement, entry, detail, min(refund_id::text)::uuid as refund_id, code,
            'reference' as found_by
        from pairs group by import_id, statement, entry, detail, code having count(*) = 1
        order by import_id, statement, entry, detail limit 1000
        """;

    /// <summary>Those whose refund can be told now, each refund once.</summary>
    public async Task<IReadOnlyList<Found>> FindAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var found = await connection.QueryAsync<Found>(new CommandDefinition(Pairs, cancellationToken: cancellation));
        return [.. found.DistinctBy(pair => pair.RefundId)];
    }

    /// <summary>Frees the money of one that was found, in one write with the note on the import.</summary>
    public Task TakeBackAsync(Found found, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(found);
        return store.CommitAsync(
            async cancel =>
            {
                var batch = new WriteBatch(new EventMetadata(
                    By: "cash-application", Reason: $"refund sent back by the bank, found by {found.FoundBy}"));
                return await AddAsync(batch, found, cancel) is { } refusal
                    ? throw new InvalidOperationException($"A returned refund could not be booked: {refusal.Detail}")
                    : batch;
            },
            cancellation);
    }

    /// <summary>Adds it to a write; nothing where it is found already.</summary>
    internal async Task<Refusal?> AddAsync(WriteBatch batch, Found found, CancellationToken cancellation)
    {
        var (import, version) = await store.LoadAsync(StatementImport.Type, found.ImportId, cancellation);
        if (import.Found.Contains((found.Statement, found.Entry, found.Detail)))
            return null;
        var (refund, _) = await store.LoadAsync(Refund.Type, found.RefundId, cancellation);
        if (refund.Status != RefundStatus.Returned)
        {
            var (account, bookedOn) = await BookingAsync(found, cancellation);
            var reason = ReturnReasons.Of(found.Code)?.Meaning ?? found.Code ?? "sent back by the bank";
            var (_, refusal) = await EndRefund.AddReturnAsync(
                store, matching, batch, found.RefundId, account, reason, cancellation, bookedOn);
            if (refusal is not null)
                return refusal;
        }

        batch.Append(StatementImport.Type, found.ImportId, version,
        [
            new ReturnedPaymentFound(
                found.Statement, found.Entry, found.Detail, refund.Requested!.ReceiptId, found.FoundBy, found.RefundId),
        ]);
        return null;
    }

    /// <summary>
    /// The account that it came back to, which need not be the one that it was paid from, and the day the bank booked
    /// that.
    /// </summary>
    private async Task<(PayingAccount Account, DateOnly Day)> BookingAsync(Found found, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var (code, day) = await connection.QuerySingleAsync<(string, DateOnly)>(new CommandDefinition(
            "select bank_account, booking_date from returned_credits where import_id = @ImportId " +
            "and statement = @Statement and entry = @Entry and detail = @Detail",
            found, cancellationToken: cancellation));
        var account = await store.Database.BankAccountAsync(code, cancellation);
        return (new PayingAccount(code, account!.LedgerAccount), day);
    }

    /// <summary>A payment that came back and its refund.</summary>
    public sealed record Found(
        Guid ImportId, int Statement, int Entry, int Detail, Guid RefundId, string? Code, string FoundBy);
}
