using Dapper;
using MassTransit;
using Npgsql;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps the unapplied cash of each credit account. Every message about a receipt carries its whole balance; a receipt
/// may also turn out to be another customer's money, and then leaves the one account and enters the other in one write.
/// A payment that bounced is kept as an incident and, where the policy says so, holds the account.
/// </summary>
public sealed class UnappliedCashConsumer(Inbox inbox, EventStore store, DecisionBooks books)
    : IConsumer<ReceiptRecorded>, IConsumer<ReceiptIdentified>, IConsumer<ReceiptReversed>,
        IConsumer<ReceiptBalanceChanged>, IConsumer<AllocationRequested>, IConsumer<AllocationConfirmed>,
        IConsumer<AllocationRejected>, IConsumer<AllocationReversalRequested>, IConsumer<AllocationReversed>
{
    /// <summary>Reasons that are the payer's doing.</summary>
    private static readonly string[] Bounced = ["nsf", "return", "chargeback", "stop"];

    private const string FindOwners =
        "select coalesce(sharers, array_remove(array[customer_id], null)) as Customers, version as Version " +
        "from receipt_owners where receipt_id = @receiptId";

    private const string FindPaid =
        "select distinct invoice_id as InvoiceId, installment as Installment from credit_payments " +
        "where receipt_id = @receiptId and customer_id = @customerId and not is_reversed";

    /// <summary>
    /// Compare-and-set on the version that was read: of two messages about one receipt at once, the loser starts again.
    /// </summary>
    private const string MoveOwner =
        "with moved as (insert into receipt_owners as o (receipt_id, customer_id, version, sharers) " +
        "values ($1, $2, $3, $5) " +
        "on conflict (receipt_id) do update set customer_id = excluded.customer_id, version = excluded.version, " +
        "sharers = excluded.sharers where o.version = $4 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptRecorded> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptIdentified> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptBalanceChanged> context) =>
        RecordAsync(context, context.Message.ReceiptId, context.Message.Balance);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ReceiptReversed> context) => RecordAsync(
        context, context.Message.ReceiptId, context.Message.Balance,
        Bounced.Contains(context.Message.Reason) ? context.Message : null);

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

    private Task RecordAsync(
        ConsumeContext context, Guid receiptId, ReceiptBalance balance, ReceiptReversed? bounced = null)
    {
        var version = context.StreamVersion();
        return inbox.CommitAsync(context, async batch =>
        {
            var payer = bounced is null ? null : balance.CustomerId;
            if (payer is { } who)
            {
                batch.Row(BehaviourRows.Incident(
                    receiptId, BehaviourRows.ReturnedPayment, who, bounced!.PostingDate, version, holds: true));
            }

            var amounts = await NewsAsync(batch, receiptId, balance, version, context.CancellationToken);
            foreach (var customer in amounts.Keys.Union(payer is { } one ? [one] : []))
            {
                var account = await store.LoadAsync(CreditAccountStream.Type, customer, context.CancellationToken);
                IReadOnlyList<object> events = amounts.TryGetValue(customer, out var unapplied)
                    ? ExposureDecider.RecordUnappliedCash(account.State, receiptId, unapplied, version).Events
                    : [];
                if (customer == payer)
                {
                    var held = await HoldAsync(customer, account.State, bounced!, context.CancellationToken);
                    events = [.. events, .. held];
                }

                batch.Append(CreditAccountStream.Type, customer, account.Version, events);
            }
        });
    }

    /// <summary>What each customer has of the receipt now, those who have nothing any more included.</summary>
    private async Task<Dictionary<Guid, Money>> NewsAsync(
        WriteBatch batch, Guid receiptId, ReceiptBalance balance, long version, CancellationToken cancellation)
    {
        var (before, known) = await OwnersAsync(receiptId, cancellation);
        if (known >= version)
            return [];
        var none = Money.Zero(balance.Unapplied.ToMoney().Currency);
        var amounts = before.ToDictionary(customer => customer, _ => none);
        if (balance.Shares is { } shares)
        {
            foreach (var share in shares.GroupBy(share => share.CustomerId))
                amounts[share.Key] = Money.Sum(share.Select(one => one.Unapplied.ToMoney()), none.Currency);
        }
        else if (balance.CustomerId is { } owner)
        {
            amounts[owner] = balance.Unapplied.ToMoney();
        }

        batch.Guard(Move(receiptId, balance, version, known));
        return amounts;
    }

    private async Task<IReadOnlyList<object>> HoldAsync(
        Guid customerId, CreditAccount account, ReceiptReversed returned, CancellationToken cancellation)
    {
        var facts = (await books.FactsAsync(cancellation))(account);
        if (!facts.Policy.Policy.Holds.OnReturnedPayment)
            return [];
        var (code, amount) = (HoldDecider.ReturnedPayment, returned.Balance.Amount.ToMoney());
        var id = HoldDecider.Id(customerId, code, returned.ReceiptId.ToString("N"));
        return account.Holds.ContainsKey(id) ? [] : HoldDecider.Place(
            account,
            new HoldPlaced(
                id, code, $"A payment of {amount} bounced ({returned.ReturnCode ?? returned.Reason}).", ByRule: true,
                Until: null,
                new BouncedPayment(
                    returned.ReceiptId, await PaidAsync(customerId, returned.ReceiptId, cancellation),
                    returned.PostingDate)),
            facts.Today).Events;
    }

    /// <summary>
    /// What of the customer the receipt pays as far as is known here; what was taken back of it already is in the
    /// account, with its day.
    /// </summary>
    private async Task<IReadOnlyList<InstallmentKey>> PaidAsync(
        Guid customerId, Guid receiptId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return
        [
            .. await connection.QueryAsync<InstallmentKey>(new CommandDefinition(
                FindPaid, new { customerId, receiptId }, cancellationToken: cancellation)),
        ];
    }

    private async Task<(Guid[] Customers, long Version)> OwnersAsync(Guid receiptId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var known = await connection.QueryFirstOrDefaultAsync<(Guid[]? Customers, long Version)>(
            new CommandDefinition(FindOwners, new { receiptId }, cancellationToken: cancellation));
        return (known.Customers ?? [], known.Version);
    }

    private static NpgsqlBatchCommand Move(Guid receiptId, ReceiptBalance balance, long version, long known)
    {
        var command = new NpgsqlBatchCommand(MoveOwner);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = balance.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = known });
        command.Parameters.Add(new NpgsqlParameter<Guid[]?>
        {
            TypedValue = balance.Shares?.Select(share => share.CustomerId).Distinct().ToArray(),
        });
        return command;
    }
}
