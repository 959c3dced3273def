using Dapper;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Finds the receipt of each payment that a bank took back and reverses it: by a reference that both have, by the
/// number of the check, or as the only receipt of that amount from the payer's account. Where both tell what names this
/// payment and no other of its payer, nothing else can make them the same; and what is told so comes by amount and
/// account only back to a receipt that is told the same. A mandate names no payment, and only tells receipts of one
/// account from each other. Two that would fit are left to a person. It does not matter which of the
/// two came first, nor by which file. A receipt of a file whose effects were held is matched first, as it would have
/// been when it came: whose money came back is known by then.
/// </summary>
public sealed class ReturnedPayments(EventStore store, ReceiptMatching matching)
{
    /// <summary>Returned payments that are looked at in one round; the next round goes on behind them.</summary>
    private const int MostAtOnce = 500;

    /// <summary>
    /// Pairs that fit, each way of finding by itself. A receipt is taken back once; the amount must be the receipt's. A
    /// credit whose money is that of entered receipts is none. References are given anew some day: none is that of a
    /// payment of more than a year before.
    /// </summary>
    private const string Pairs = $"""
        with open as (
            {Open} and not exists (select 1 from statement_imports f where f.id = import_id and f.effects = 'held')
            order by import_id, statement, entry, detail limit @most
        ), {Told}
        """;

    /// <summary>The same of one file, also where its effects are held.</summary>
    private const string PairsOfFile = $"""
        with open as (
            {Open} and import_id = @importId order by import_id, statement, entry, detail limit @most
        ), {Told}
        """;

    private const string Open = """
        select *, string_to_array(refs, E'\n') as names from returned_payments
        where receipt_id is null and closed is null
                and (import_id, statement, entry, detail) > (@importId, @statement, @entry, @detail)
        """;

    /// <summary>
    /// What is told of a receipt that nothing is decided about yet, since its file is held or was just armed, waits.
    /// </summary>
    private const string Told = $"""
        pairs as (
            select p.import_id, p.statement, p.entry, p.detail, p.own_reference, r.id as receipt_id,
                r.own_reference as other_own,
                case when f.reference like 'check:%' then 'check' else 'reference' end as found_by,
                case when f.reference like 'check:%' then 2 else 1 end as rank
            from open p
            cross join lateral unnest(p.names) as name
            join receipt_references f on f.bank_account = p.bank_account and f.reference = name
                and name not like 'mandate:%'
            join receipts r on r.id = f.receipt_id and r.currency = p.currency and r.amount = p.amount
                and r.value_date between p.booking_date - 400 and p.booking_date
                and (r.is_entered or r.import_id is not null)
            union all
            select p.import_id, p.statement, p.entry, p.detail, p.own_reference, r.id, r.own_reference, 'payer',
                case when m.is_same then 3 else 4 end
            from open p
            join receipts r on r.bank_account = p.bank_account and r.payer_account = p.account
                and r.currency = p.currency and r.amount = p.amount
                and r.value_date between p.booking_date - 60 and p.booking_date
                and (r.is_entered or r.import_id is not null)
            left join lateral (
                select bool_or(f.reference = any(p.names)) as is_same from receipt_references f
                where f.receipt_id = r.id and f.reference like 'mandate:%'
            ) m on true
            where (m.is_same is not false or p.refs not like '%mandate:%')
                and (p.own_reference is null or p.own_reference = r.own_reference)
        ), free as (
            select distinct import_id, statement, entry, detail, receipt_id, found_by, rank
            from pairs x
            where (own_reference is null or other_own is null or own_reference = other_own)
                and not exists (select 1 from returned_payments t where t.receipt_id = x.receipt_id)
        ), best as (
            select *, min(rank) over (partition by import_id, statement, entry, detail) as least from free
        ), sole as (
            select import_id, statement, entry, detail, min(receipt_id::text)::uuid as receipt_id,
                min(found_by) as found_by
            from best where rank = least
            group by import_id, statement, entry, detail having count(distinct receipt_id) = 1
        ), told as (
            select s.* from sole s join receipts r on r.id = s.receipt_id
            where @alsoHeld or r.aside is distinct from '{AsideReasons.Held}' or r.touched
                or r.unapplied <= r.on_account
        )
        select p.import_id, p.statement, p.entry, p.detail, t.receipt_id, t.found_by, p.reason, p.code, p.amount,
            p.currency, p.booking_date
        from open p left join told t using (import_id, statement, entry, detail)
        order by p.import_id, p.statement, p.entry, p.detail
        """;

    private (Guid ImportId, int Statement, int Entry, int Detail) _behind;

    /// <summary>
    /// Those of the next ones whose receipt can be told now, each receipt once. Round by round all that are open are
    /// looked at, however many nobody finds anything for.
    /// </summary>
    public async Task<IReadOnlyList<Found>> FindAsync(CancellationToken cancellation)
    {
        var parameters = new
        {
            importId = _behind.ImportId,
            statement = _behind.Statement,
            entry = _behind.Entry,
            detail = _behind.Detail,
            most = MostAtOnce,
            alsoHeld = false,
        };
        var open = await SeekAsync(Pairs, parameters, cancellation);
        _behind = open.Count == MostAtOnce
            ? (open[^1].ImportId, open[^1].Statement, open[^1].Entry, open[^1].Detail)
            : default;
        return FoundOf(open);
    }

    /// <summary>
    /// What would be found of the first 500 of one file that are open, also where its effects are held.
    /// </summary>
    public async Task<IReadOnlyList<Found>> FindAsync(Guid importId, CancellationToken cancellation) =>
        FoundOf(await SeekAsync(
            PairsOfFile,
            new { importId, statement = 0, entry = 0, detail = -1, most = MostAtOnce, alsoHeld = true },
            cancellation));

    private async Task<List<Sought>> SeekAsync(string pairs, object parameters, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Sought>(
            new CommandDefinition(pairs, parameters, cancellationToken: cancellation))).AsList();
    }

    private static IReadOnlyList<Found> FoundOf(IEnumerable<Sought> open) =>
        [.. open.Select(one => one.ToFound()).OfType<Found>().DistinctBy(pair => pair.ReceiptId)];

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
        var day = PostedOn(found, receipt, deadlines.Today);
        var isPart = receipt.Exists && amount < left;
        var part = new PartialReversal(
            Ids.From("returned-payment", $"{found.ImportId:N}/{found.Statement}/{found.Entry}/{found.Detail}"), amount,
            found.Reason, found.Code, allocations, day);
        var reversed = isPart
            ? ReceiptDecider.ReversePart(receipt, found.ReceiptId, part, deadlines)
            : ReceiptDecider.Reverse(receipt, found.ReceiptId, found.Reason, found.Code, day);
        if (reversed.Refusal is { } refusal)
            return refusal;
        batch.Append(ReceiptStream.Type, found.ReceiptId, version, reversed.Events)
            .Append(StatementImport.Type, found.ImportId, importVersion,
                [NoteOf(found, isPart ? part.ReversalId : null)]);
        await matching.ReleaseRemittancesAsync(batch, found.ReceiptId, receipt, reversed.Events, cancellation);
        return null;
    }

    /// <summary>The day the bank booked it; never before the receipt that it takes back.</summary>
    private static DateOnly PostedOn(Found found, Receipt receipt, DateOnly today)
    {
        var booked = ReceiptSource.PostedOn(found.BookingDate, today);
        return booked < receipt.PostingDate ? receipt.PostingDate : booked;
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
    /// <param name="BookingDate">Day on which the bank took it back.</param>
    public sealed record Found(
        Guid ImportId, int Statement, int Entry, int Detail, Guid ReceiptId, string FoundBy, string Reason,
        string? Code, decimal Amount, string Currency, DateOnly BookingDate);

    private sealed record Sought(
        Guid ImportId, int Statement, int Entry, int Detail, Guid? ReceiptId, string? FoundBy, string Reason,
        string? Code, decimal Amount, string Currency, DateOnly BookingDate)
    {
        public Found? ToFound() => ReceiptId is { } receiptId
            ? new Found(
                ImportId, Statement, Entry, Detail, receiptId, FoundBy!, Reason, Code, Amount, Currency, BookingDate)
            : null;
    }
}
