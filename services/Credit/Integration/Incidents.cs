using Dapper;
using MassTransit;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Which incidents are known: what is told again, after something newer or of long ago, such as when everything comes
/// once more after a restore, holds no account.
/// </summary>
public sealed class Incidents(EventStore store, TimeProvider clock)
{
    private const string Known = "select version from credit_incidents where source_id = @sourceId and kind = @kind";

    /// <summary>What is heard of later than this is no news.</summary>
    private static readonly TimeSpan News = TimeSpan.FromDays(7);

    /// <summary>True where what the message tells of happened lately.</summary>
    public bool IsOfLate(ConsumeContext context) => clock.GetUtcNow() - context.HappenedAt() < News;

    /// <summary>True where the message tells of the incident for the first time and soon enough.</summary>
    /// <param name="context">The message.</param>
    /// <param name="sourceId">The receipt or plan.</param>
    /// <param name="kind">One of <see cref="BehaviourRows"/>.</param>
    public async Task<bool> IsNewsAsync(ConsumeContext context, Guid sourceId, string kind)
    {
        if (!IsOfLate(context))
            return false;
        await using var connection = await store.Database.OpenConnectionAsync(context.CancellationToken);
        var known = await connection.QueryFirstOrDefaultAsync<long?>(new CommandDefinition(
            Known, new { sourceId, kind }, cancellationToken: context.CancellationToken));
        return known is null || known < context.StreamVersion();
    }
}
