using Dapper;
using Npgsql;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Legal entities with the time zones they keep, for what happens because a day has come there.</summary>
public static class EntityClocks
{
    /// <summary>One legal entity, or all of them.</summary>
    public static async Task<IReadOnlyList<(string Code, string TimeZone)>> ReadAsync(
        NpgsqlDataSource database, string? legalEntity, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(string Code, string TimeZone)>(new CommandDefinition(
            "select code, time_zone from legal_entities where @legalEntity::text is null or code = @legalEntity " +
            "order by code", new { legalEntity }, cancellationToken: cancellation))).AsList();
    }
}
