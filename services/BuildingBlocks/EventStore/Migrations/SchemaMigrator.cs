using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing.Migrations;

/// <summary>
/// The numbered SQL files (<c>Schema/0001_name.sql</c>) embedded in an assembly, under a module name that never
/// changes.
/// </summary>
public sealed record SchemaModule(string Name, Assembly Assembly);

/// <summary>
/// Applies schema files at start, before anything else of the service runs. Forward only, each file once and in its own
/// transaction, under an advisory lock: any number of instances may start at once. A file that was applied must not
/// change.
/// </summary>
public sealed partial class SchemaMigrator(
    [FromKeyedServices(EventStoreRegistration.Sessions)] NpgsqlDataSource sessions, IReadOnlyList<SchemaModule> modules,
    TimeProvider clock, ILogger<SchemaMigrator> log) : HostedLifecycle
{
    private static readonly long LockKey = Ids.LockKey("ordertocash:schema");
    private static readonly TimeSpan PatienceWithServer = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Compose and Kubernetes start things in any order; a database still coming up is not an error yet.
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await ApplyAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException error) when (error.IsTransient && clock.GetElapsedTime(started) < PatienceWithServer)
            {
                LogWaiting(log, error.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }
    }

    /// <summary>Brings the database up to the embedded files.</summary>
    public async Task ApplyAsync(CancellationToken cancellation = default)
    {
        await using var turn = await Turn.WaitAsync(sessions, LockKey, cancellation);
        await turn.Session.ExecuteAsync(
            "create table if not exists otc_schema (module text, number integer, name text not null, " +
            "sha256 text not null, applied_at timestamptz not null default now(), " +
            "constraint otc_schema_pkey primary key (module, number))", cancellation);
        var applied = await AppliedAsync(turn.Session, cancellation);
        foreach (var script in modules.SelectMany(Scripts))
            await ApplyAsync(turn.Session, script, applied, cancellation);
    }

    private async Task ApplyAsync(
        NpgsqlConnection connection, Script script, Dictionary<(string, int), string> applied,
        CancellationToken cancellation)
    {
        if (applied.TryGetValue((script.Module, script.Number), out var hash))
        {
            if (hash != script.Sha256)
                throw new InvalidOperationException(
                    $"Schema file {script.Module}/{script.Name} was applied and has changed since; " +
                    "add a new file instead.");
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(script.Sql, cancellation);
        await connection.ExecuteAsync(
            "insert into otc_schema (module, number, name, sha256) values ($1, $2, $3, $4)", cancellation,
            script.Module, script.Number, script.Name, script.Sha256);
        await transaction.CommitAsync(cancellation);
        LogApplied(log, script.Module, script.Name);
    }

    private static async Task<Dictionary<(string, int), string>> AppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        var rows = await connection.ReadAsync(
            "select module, number, sha256 from otc_schema",
            reader => (Key: (reader.GetString(0), reader.GetInt32(1)), Hash: reader.GetString(2)), cancellation);
        return rows.ToDictionary(row => row.Key, row => row.Hash);
    }

    private static IEnumerable<Script> Scripts(SchemaModule module) =>
        from resource in module.Assembly.GetManifestResourceNames()
        where resource.Contains(".Schema.", StringComparison.Ordinal)
        let name = NameOf(resource)
        let sql = ReadResource(module.Assembly, resource)
        let number = int.Parse(name.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture)
        orderby number
        select new Script(module.Name, number, name.Value, sql, Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(sql))));

    private static Match NameOf(string resource) =>
        FileName().Match(resource) is { Success: true } name
            ? name
            : throw new InvalidOperationException($"Schema file {resource} is not named like 0001_what_it_does.sql.");

    private static string ReadResource(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"(?<number>\d{4})_\w+\.sql$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();

    [LoggerMessage(Level = LogLevel.Information, EventName = "store.schema.applied",
        Message = "Applied schema file {Module}/{Name}")]
    private static partial void LogApplied(ILogger log, string module, string name);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "store.schema.waiting",
        Message = "PostgreSQL does not answer yet: {Reason}")]
    private static partial void LogWaiting(ILogger log, string reason);

    private sealed record Script(string Module, int Number, string Name, string Sql, string Sha256);
}
