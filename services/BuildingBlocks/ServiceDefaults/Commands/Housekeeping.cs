using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Removes stored answers after 7 days and inbox rows after 30, once an hour. Every instance does it, in small chunks
/// that skip what another one is removing: nobody waits for anybody. The database, which dated the rows, tells their
/// age: an instance whose clock is ahead must not forget for all others what was answered and handled.
/// </summary>
public sealed class Housekeeping(IServiceProvider services, TimeProvider clock, ILogger<Housekeeping> log)
    : RecurringWork("Removal of old answers and inbox rows", TimeSpan.FromHours(1), clock, log)
{
    private const int Chunk = 1000;

    private static readonly string[] Purges =
    [
        "delete from otc_idempotency_keys where (caller, key) in (select caller, key from otc_idempotency_keys " +
        $"where created_at < now() - interval '{IdempotencyKey.DaysKept} days' " +
        "order by created_at limit $1 for update skip locked)",
        "delete from otc_inbox where (consumer, message_id) in (select consumer, message_id from otc_inbox " +
        "where received_at < now() - interval '30 days' order by received_at limit $1 for update skip locked)",
    ];

    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken cancellation) =>
        services.GetService<NpgsqlDataSource>() is { } database
            ? PurgeAsync(database, cancellation)
            : Task.CompletedTask;

    /// <summary>Removes what is past its time now.</summary>
    public static async Task<int> PurgeAsync(NpgsqlDataSource database, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        var total = 0;
        foreach (var sql in Purges)
        {
            int removed;
            do
            {
                await using var command = database.CreateCommand(sql);
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Chunk });
                removed = await command.ExecuteNonQueryAsync(cancellation);
                total += removed;
            }
            while (removed == Chunk);
        }

        return total;
    }
}
