using Dapper;
using MassTransit;
using Npgsql;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps the unapplied cash of each credit account. Every message about a receipt carries its whole balance; a receipt
/// may also turn out to be another customer's money, and then leaves the one account and enters the other in one write.
/// </summary>
public sealed class UnappliedCashConsumer(Inbox inbox, EventStore store)
    : IConsumer<ReceiptRecorded>, IConsumer<ReceiptIdentified>, IConsumer<ReceiptReversed>,
        IConsumer<AllocationRequested>,
      IConsumer<AllocationConfirmed>, IConsumer<AllocationRejected>, IConsumer<AllocationReversalRequested>,
      IConsumer<AllocationReversed>
{
    private const string FindOwner = "select customer_id, version from receipt_owners where receipt_id = @receiptId";

    /// <summary>
    /// Compare-and-set on the version that was read: of two messages about one receipt at once, the loser starts again.
    /// </summary>
    private const string MoveOwner =
        "with moved as (insert into receipt_owners as o (receipt_id, customer_id, version) values ($1, $2, $3) " +
        "on conflict (receipt_id) do update set customer_id = excluded.customer_id, version = excluded.version " +
        "where o.version = $4 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptRecorded> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptIdentified> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptReversed> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationRequested> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationConfirmed> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationRejected> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationReversalRequested> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<AllocationReversed> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    private Task RecordAsync(ConsumeContext context, Guid receiptId, ReceiptBalance balance)
    {
        var version = context.StreamVersion();
        var unapplied = balance.Unapplied.ToMoney();
        return inbox.CommitAsync(context, async batch =>
        {
            var (owner, known) = await OwnerAsync(receiptId, context.CancellationToken);
            if (known >= version)
                return;
            batch.Guard(Move(receiptId, balance.CustomerId, version, known));
            if (owner is { } before && before != balance.CustomerId)
                await SetAsync(batch, before, Money.Zero(unapplied.Currency));
            if (balance.CustomerId is { } now)
                await SetAsync(batch, now, unapplied);
        });

        async Task SetAsync(WriteBatch batch, Guid customerId, Money amount)
        {
            var account = await store.LoadAsync(CreditAccountStream.Type, customerId, context.CancellationToken);
            var decision = ExposureDecider.RecordUnappliedCash(account.State, receiptId, amount, version);
            batch.Append(CreditAccountStream.Type, customerId, account.Version, decision.Events);
        }
    }

    private async Task<(Guid? Owner, long Version)> OwnerAsync(Guid receiptId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<(Guid?, long)>(
            new CommandDefinition(FindOwner, new { receiptId }, cancellationToken: cancellation));
    }

    private static NpgsqlBatchCommand Move(Guid receiptId, Guid? owner, long version, long known)
    {
        var command = new NpgsqlBatchCommand(MoveOwner);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = owner });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = known });
        return command;
    }
}
