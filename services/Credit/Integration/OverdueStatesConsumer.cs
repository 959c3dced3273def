using Dapper;
using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// COL-14: while a customer is in an overdue state in which nothing of its orders is to change, its account is held
/// where the policy says so, opened or not. The hold ends with the state; one that a person has let go comes back with
/// the next such state, and one that stands is placed anew by it: who was asked to let the one of before go does not
/// let go this one. The newest word counts, in whatever order they come; told again it places nothing anew.
/// </summary>
public sealed class OverdueStatesConsumer(Inbox inbox, EventStore store, DecisionBooks books)
    : IConsumer<OverdueStateChanged>
{
    private const string Known = "select version from overdue_states where customer_id = @customerId";

    /// <summary>Whoever was quicker with a newer word makes this one be looked at again.</summary>
    private const string Move =
        "with moved as (insert into overdue_states as o (customer_id, state, blocks_changes, version) " +
        "values ($1, $2, $3, $4) on conflict (customer_id) do update set state = excluded.state, " +
        "blocks_changes = excluded.blocks_changes, version = excluded.version where excluded.version >= o.version " +
        "returning 1) select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<OverdueStateChanged> context) => inbox.CommitAsync(context, async batch =>
    {
        var (changed, version) = (context.Message, context.StreamVersion());
        var known = await KnownAsync(changed.CustomerId, context.CancellationToken);
        if (known > version)
            return;
        batch.Guard(MoveTo(changed, version));
        if (known == version)
            return;
        var account = await store.LoadAsync(CreditAccountStream.Type, changed.CustomerId, context.CancellationToken);
        batch.Append(
            CreditAccountStream.Type, changed.CustomerId, account.Version,
            await FollowAsync(account.State, changed, context.CancellationToken));
    });

    private async Task<IReadOnlyList<object>> FollowAsync(
        CreditAccount account, OverdueStateChanged changed, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(account.Opened?.LegalEntity ?? changed.LegalEntity, cancellation);
        var id = HoldDecider.Id(changed.CustomerId, HoldDecider.OverdueState);
        if (!changed.BlocksChanges)
        {
            return account.Holds.ContainsKey(id) ? [new HoldReleased(id, HoldDecider.OverdueState)] : [];
        }

        return !facts.Policy.Policy.Holds.OnBlockedChanges
            ? []
            : HoldDecider.Place(
                account,
                new HoldPlaced(
                    id, HoldDecider.OverdueState,
                    $"Collections has put the customer into the state '{changed.To}', the oldest item {changed.Days} " +
                    "days past due.",
                    ByRule: true, Until: null),
                facts.Today).Events;
    }

    private async Task<long?> KnownAsync(Guid customerId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return await connection.QueryFirstOrDefaultAsync<long?>(new CommandDefinition(
            Known, new { customerId }, cancellationToken: cancellation));
    }

    private static NpgsqlBatchCommand MoveTo(OverdueStateChanged changed, long version)
    {
        var row = new NpgsqlBatchCommand(Move);
        row.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = changed.CustomerId });
        row.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = changed.To });
        row.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = changed.BlocksChanges });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        return row;
    }
}
