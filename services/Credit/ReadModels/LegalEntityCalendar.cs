using System.Collections.Frozen;
using Dapper;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>
/// Which day it is where a legal entity sits. There are few entities and their zones hardly ever change, so they are
/// kept in memory and read again now and then: a check of an order costs no extra round trip for them.
/// </summary>
public sealed class LegalEntityCalendar(EventStore store, TimeProvider clock)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    private Zones? _zones;

    /// <summary>Today for each account; in UTC for one whose legal entity is not known here yet.</summary>
    public async ValueTask<Func<CreditAccount, DateOnly>> TodayAsync(CancellationToken cancellation)
    {
        var zones = _zones;
        if (zones is null || clock.GetElapsedTime(zones.ReadAt) > Freshness)
            _zones = zones = await ReadAsync(cancellation);
        var now = clock.GetUtcNow();
        return account => now.DateIn(zones.ByEntity.GetValueOrDefault(account.Opened?.LegalEntity ?? "", "UTC"));
    }

    private async Task<Zones> ReadAsync(CancellationToken cancellation)
    {
        var readAt = clock.GetTimestamp();
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<(string Code, string TimeZone)>(new CommandDefinition(
            "select code, time_zone from legal_entities", cancellationToken: cancellation));
        return new Zones(readAt, rows.Where(row => LocalClock.IsTimeZone(row.TimeZone))
            .ToFrozenDictionary(row => row.Code, row => row.TimeZone, StringComparer.Ordinal));
    }

    private sealed record Zones(long ReadAt, FrozenDictionary<string, string> ByEntity);
}
