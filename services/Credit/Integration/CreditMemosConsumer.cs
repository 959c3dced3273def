using Dapper;
using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps what is open of each customer's credit memos. Only the issue names the customer; what comes before it waits
/// with its version until the issue is known.
/// </summary>
public sealed class CreditMemosConsumer(Inbox inbox, EventStore store)
    : IConsumer<CreditMemoIssued>, IConsumer<CreditMemoChanged>
{
    private const string Find =
        "select customer_id as CustomerId, open_amount as Open, version as Version from credit_memo_owners " +
        "where credit_memo_id = @id";

    /// <summary>
    /// Compare-and-set on what was read, or on its absence: the issue may name the customer of a later version.
    /// </summary>
    private const string Keep =
        "with kept as (insert into credit_memo_owners as o (credit_memo_id, customer_id, open_amount, currency, " +
        "version) values ($1, $2, $3, $4, $5) on conflict (credit_memo_id) do update set " +
        "customer_id = excluded.customer_id, open_amount = excluded.open_amount, version = excluded.version " +
        "where o.version = $6 and o.customer_id is not distinct from $7 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from kept";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditMemoIssued> context) => RecordAsync(
        context, context.Message.CreditMemoId, context.Message.CustomerId, context.Message.Total.ToMoney());

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditMemoChanged> context) => RecordAsync(
        context, context.Message.CreditMemoId, null, context.Message.Open.ToMoney());

    private Task RecordAsync(ConsumeContext context, Guid id, Guid? customerId, Money open)
    {
        var version = context.StreamVersion();
        return inbox.CommitAsync(context, async batch =>
        {
            var known = await FindAsync(id, context.CancellationToken);
            var owner = customerId ?? known?.CustomerId;
            var isNewer = known is null || known.Version < version;
            if (!isNewer && owner == known!.CustomerId)
                return;
            var (now, newest) = isNewer ? (open, version) : (Money.Of(known!.Open, open.Currency), known.Version);
            batch.Guard(Row(id, owner, now, newest, known));
            if (owner is not { } customer)
                return;
            var account = await store.LoadAsync(CreditAccountStream.Type, customer, context.CancellationToken);
            batch.Append(CreditAccountStream.Type, customer, account.Version,
                ExposureDecider.RecordCredit(account.State, id, now, newest).Events);
        });
    }

    private async Task<Known?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<Known>(
            new CommandDefinition(Find, new { id }, cancellationToken: cancellation));
    }

    private static NpgsqlBatchCommand Row(Guid id, Guid? owner, Money open, long version, Known? known)
    {
        var row = new NpgsqlBatchCommand(Keep);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        row.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = owner });
        row.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = open.Amount });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = open.Currency.Code });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = known?.Version ?? 0 });
        row.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = known?.CustomerId });
        return row;
    }

    private sealed record Known
    {
        public Guid? CustomerId { get; init; }
        public decimal Open { get; init; }
        public long Version { get; init; }
    }
}
