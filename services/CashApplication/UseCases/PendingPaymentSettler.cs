using Dapper;
using OrderToCash.CashApplication.PendingPayments;
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
    /// <summary>
    /// What has no reference in common is no money of an earlier day: payers repeat themselves. References repeat, too
    /// (those of mandates and standing orders): with one in common it may be some days earlier, and no more.
    /// </summary>
    private const string Pairs = $"""
        with told as (
            select p.*, {EnteredReceipts.WordsOf}p.reference{EnteredReceipts.Ends} as words,
                {EnteredReceipts.WordsOf}p.processor_reference{EnteredReceipts.Ends} as processor_words,
                string_to_array(p.refs, E'\n') as ref_list
            from pending_payments p where p.status = 'pending'
        ), pairs as (
            select r.id as credit, e.id as entered, 0 as rank, 0 as distance, r.customer_id, r.payer_account, r.number
            from told e
            join receipts r on r.legal_entity = e.legal_entity and r.processor_reference = e.processor_reference
                and r.currency = e.currency and r.status <> 'reversed'
            union all
            select b.id, e.id,
                case when e.ref_list && b.refs and b.value_date >= e.since - 5 then 0
                    when b.value_date < e.since then null else {EnteredReceipts.Evidence} end,
                abs(b.value_date - e.expected_on), b.customer_id, b.payer_account, b.number
            from told e
            cross join lateral (
                select r.*, {EnteredReceipts.WordsOf}r.reference{EnteredReceipts.Ends} as words,
                    array(select f.reference from receipt_references f where f.receipt_id = r.id) as refs
                from receipts r
                where r.legal_entity = e.legal_entity and r.currency = e.currency and r.amount = e.amount
                    and r.status <> 'reversed' and r.reversed = 0
                    and (e.bank_account is null or r.bank_account is null or r.bank_account = e.bank_account)
                    and r.value_date between e.since - 5 and e.expires_on + 5) b
        )
        select credit, entered, rank, distance, x.customer_id, x.payer_account
        from pairs x join told e on e.id = x.entered
        where rank is not null and (e.customer_id is null or coalesce(x.customer_id, e.customer_id) = e.customer_id)
            and not exists (select 1 from pending_payments t where t.receipt_id = x.credit)
        order by rank, distance, x.number, entered limit 1000
        """;

    private const string Late =
        "select p.id from pending_payments p join legal_entities e on e.code = p.legal_entity " +
        "where p.status = 'pending' and p.expires_on < (@now at time zone e.time_zone)::date order by p.id limit 1000";

    /// <summary>The receipt of each pending payment whose money is there.</summary>
    public async Task<IReadOnlyList<(Guid PendingId, Guid ReceiptId)>> FindAsync(CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var pairs = (await connection.QueryAsync<EnteredReceipts.Pair>(
            new CommandDefinition(Pairs, cancellationToken: cancellation))).AsList();
        return [.. EnteredReceipts.Chosen(pairs).Select(pair => (pair.Value, pair.Key))];
    }

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
