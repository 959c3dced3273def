using Dapper;
using Npgsql;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Ends pending payments: with the receipt of their money, however it came and whichever of the two was first; or with
/// time. Found by what tells that a credit is money that was entered (<see cref="EnteredReceipts"/>), by a reference
/// of the bank that both have, or by the processor's, whatever the amount. What several fit is left to a person.
/// </summary>
public sealed class PendingPaymentSettler(EventStore store, ReceiptMatching matching, TimeProvider clock)
{
    /// <summary>Amounts that are looked at in one round; the next round goes on behind them.</summary>
    private const int MostAmounts = 200;

    /// <summary>Pending payments that are looked at in one round, but for those of the last amount.</summary>
    private const int MostPayments = 1_000;

    private const int MostPairs = 10_000;

    /// <summary>
    /// What is pending, amount by amount: whatever could be the money of one payment could only be that of its like.
    /// </summary>
    private const string Amounts = """
        select legal_entity, currency, amount from (
            select legal_entity, currency, amount,
                sum(count(*)) over (order by legal_entity, currency, amount) - count(*) as before
            from pending_payments
            where status = 'pending' and (legal_entity, currency, amount) > (@legalEntity, @currency, @amount)
            group by legal_entity, currency, amount
            order by legal_entity, currency, amount limit @mostAmounts) a
        where before < @mostPayments order by legal_entity, currency, amount
        """;

    private const string ByProcessor = """
        select r.id as credit, e.id as entered, 0 as rank, 0 as distance, r.customer_id, r.payer_account
        from pending_payments e
        join receipts r on r.legal_entity = e.legal_entity and r.processor_reference = e.processor_reference
            and r.currency = e.currency and r.status <> 'reversed'
        where e.status = 'pending'
            and (e.customer_id is null or coalesce(r.customer_id, e.customer_id) = e.customer_id)
            and not exists (select 1 from pending_payments t where t.receipt_id = r.id)
        order by e.id limit 1000
        """;

    /// <summary>
    /// What has no reference in common is no money of an earlier day: payers repeat themselves. References repeat, too
    /// (those of mandates and standing orders): with one in common it may be some days earlier, and no more.
    /// </summary>
    private const string Pairs = $"""
        with amounts as (
            select * from unnest(@entities, @currencies, @amounts) as a (legal_entity, currency, amount)
        ), told as (
            select p.*, {EnteredReceipts.WordsOf}p.reference{EnteredReceipts.Ends} as words,
                {EnteredReceipts.WordsOf}p.processor_reference{EnteredReceipts.Ends} as processor_words,
                string_to_array(p.refs, E'\n') as ref_list
            from amounts a join pending_payments p using (legal_entity, currency, amount) where p.status = 'pending'
        ), days as (
            select legal_entity, currency, amount, min(since) - 5 as first, max(expires_on) + 5 as last from told
            group by 1, 2, 3
        ), banked as materialized (
            select r.*, {EnteredReceipts.WordsOf}r.reference{EnteredReceipts.Ends} as words,
                array(select f.reference from receipt_references f where f.receipt_id = r.id) as refs
            from days d join receipts r on r.legal_entity = d.legal_entity and r.currency = d.currency
                and r.amount = d.amount and r.value_date between d.first and d.last
                and r.status <> 'reversed' and r.reversed = 0
            where not exists (select 1 from pending_payments t where t.receipt_id = r.id) and {ReceiptRow.IsNotHeld}
        ), pairs as (
            select b.id as credit, e.id as entered,
                case when e.ref_list && b.refs and b.value_date >= e.since - 5 then 0
                    when b.value_date < e.since then null else {EnteredReceipts.Evidence} end as rank,
                abs(b.value_date - e.expected_on) as distance, b.customer_id, {EnteredReceipts.PayersAccount}, b.number
            from told e
            join banked b on b.legal_entity = e.legal_entity and b.currency = e.currency and b.amount = e.amount
                and (e.bank_account is null or b.bank_account is null or b.bank_account = e.bank_account)
                and b.value_date between e.since - 5 and e.expires_on + 5
                and (e.customer_id is null or coalesce(b.customer_id, e.customer_id) = e.customer_id)
        )
        select credit, entered, rank, distance, customer_id, payer_account
        from pairs where rank is not null order by rank, distance, number, entered limit @most
        """;

    private const string Late =
        "select p.id from pending_payments p join legal_entities e on e.code = p.legal_entity " +
        "where p.status = 'pending' and p.expires_on < (@now at time zone e.time_zone)::date order by p.id limit 1000";

    private static readonly (string LegalEntity, string Currency, decimal Amount) Beginning = ("", "", 0m);

    private (string LegalEntity, string Currency, decimal Amount) _behind = Beginning;

    /// <summary>
    /// The receipts of the next pending payments whose money is there. Round by round all that is pending is looked at,
    /// however much of it nobody can tell.
    /// </summary>
    public async Task<IReadOnlyList<(Guid PendingId, Guid ReceiptId)>> FindAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var found = (await connection.QueryAsync<EnteredReceipts.Pair>(
            new CommandDefinition(ByProcessor, cancellationToken: cancellation))).AsList();
        var amounts = await NextAsync(connection, _behind, cancellation);
        if (amounts.Count == 0)
            amounts = await NextAsync(connection, Beginning, cancellation);

        // Before they are looked at: what cannot be looked at holds up nothing behind it.
        _behind = amounts is [.., var last] ? last : Beginning;
        if (amounts.Count > 0)
        {
            var parameters = new
            {
                entities = amounts.Select(one => one.LegalEntity).ToArray(),
                currencies = amounts.Select(one => one.Currency).ToArray(),
                amounts = amounts.Select(one => one.Amount).ToArray(),
                most = MostPairs,
            };
            found.AddRange(Told((await connection.QueryAsync<EnteredReceipts.Pair>(
                new CommandDefinition(Pairs, parameters, cancellationToken: cancellation))).AsList()));
        }

        return [.. EnteredReceipts.Chosen(found).Select(pair => (pair.Value, pair.Key))];
    }

    private static async Task<List<(string LegalEntity, string Currency, decimal Amount)>> NextAsync(
        NpgsqlConnection connection, (string LegalEntity, string Currency, decimal Amount) behind,
        CancellationToken cancellation)
    {
        var (legalEntity, currency, amount) = behind;
        var parameters = new
        {
            legalEntity,
            currency,
            amount,
            mostAmounts = MostAmounts,
            mostPayments = MostPayments,
        };
        return (await connection.QueryAsync<(string LegalEntity, string Currency, decimal Amount)>(
            new CommandDefinition(Amounts, parameters, cancellationToken: cancellation))).AsList();
    }

    /// <summary>Of more pairs than are read those are left out that might have rivals among the others.</summary>
    private static IEnumerable<EnteredReceipts.Pair> Told(List<EnteredReceipts.Pair> pairs) =>
        pairs.Count < MostPairs
            ? pairs
            : pairs.Where(pair => pair.Rank < EnteredReceipts.ByPayer || pair.Rank < pairs[^1].Rank);

    /// <summary>Those that are waited for no longer.</summary>
    public async Task<IReadOnlyList<Guid>> LateAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            Late, new { now = clock.GetUtcNow().UtcDateTime }, cancellationToken: cancellation))).AsList();
    }

    /// <summary>Settles one that was found; nothing where it has ended meanwhile.</summary>
    public Task SettleAsync(Guid pendingId, Guid receiptId, CancellationToken cancellation) => store.CommitAsync(
        async cancel =>
        {
            var batch = new WriteBatch(new EventMetadata(By: "cash-application", Reason: "its money is there"));
            await AddAsync(batch, pendingId, receiptId, cancel);
            return batch;
        },
        cancellation);

    /// <summary>Ends one whose last day is past; nothing where it has ended.</summary>
    public async Task ExpireAsync(Guid pendingId, CancellationToken cancellation)
    {
        var (pending, _) = await store.LoadAsync(PendingPayment.Type, pendingId, cancellation);
        var entity = await store.Database.LegalEntityAsync(pending.Recorded!.LegalEntity, cancellation);
        var today = clock.Today(entity!.TimeZone);
        await store.DecideAsync(
            PendingPayment.Type, pendingId, new EventMetadata(By: "cash-application", Reason: "its last day is past"),
            one => PendingPaymentDecider.Expire(one, today), cancellation: cancellation);
    }

    /// <summary>
    /// Adds to a write that the money is there, and to the receipt what a caller told of it, so that it is matched by
    /// that. Gives what the pending payment hears, or why it is refused.
    /// </summary>
    internal async Task<Decision> AddAsync(
        WriteBatch batch, Guid pendingId, Guid receiptId, CancellationToken cancellation)
    {
        var (pending, version) = await store.LoadAsync(PendingPayment.Type, pendingId, cancellation);
        var (receipt, receiptVersion) = await store.LoadAsync(ReceiptStream.Type, receiptId, cancellation);
        var settled = PendingPaymentDecider.Settle(pending, pendingId, receiptId, receipt);
        if (settled.IsRefused || settled.Events.Count == 0)
            return settled;
        if (pending.Recorded is { Source: null } told && !receipt.IsEntered && !receipt.IsAnnounced)
        {
            var announced = ReceiptDecider.Announce(
                receipt, receiptId, PendingPaymentDecider.AnnouncementOf(told),
                await matching.DeadlinesAsync(told.LegalEntity, cancellation), Ids.Next(clock), wasPending: true);
            if (announced.IsRefused)
                return announced;
            batch.Append(ReceiptStream.Type, receiptId, receiptVersion, announced.Events);
            ProcessorReferences.Claim(batch, told.LegalEntity, told.ProcessorReference, receiptId);
        }

        batch.Append(PendingPayment.Type, pendingId, version, settled.Events);
        return settled;
    }
}
