using System.Globalization;
using Npgsql;
using OrderToCash.Faults.Stage;

namespace OrderToCash.Faults.Injections;

/// <summary>The servers behind the services go away, or lose their connections.</summary>
internal static class ServerFault
{
    public static async Task<string> KillBrokerAsync(FaultStage stage, Random random)
    {
        await stage.Broker.KillAsync();
        await Injection.PauseAsync(random, 100, 3_000);
        await stage.Broker.StartAgainAsync();
        return "with -9, started again";
    }

    public static async Task<string> KillDatabaseAsync(FaultStage stage, Random random)
    {
        await stage.Postgres.KillAsync();
        await Injection.PauseAsync(random, 100, 3_000);
        await stage.Postgres.StartAgainAsync();
        return "with -9, started again";
    }

    /// <summary>Some times in a row, half of the sessions each time.</summary>
    public static async Task<string> CutDatabaseAsync(FaultStage stage, Random random)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(stage.Postgres.ConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync();
        long cut = 0;
        for (var times = random.Next(1, 6); times > 0; times--)
        {
            await using var command = new NpgsqlCommand(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity " +
                "where backend_type = 'client backend' and pid <> pg_backend_pid() and random() < 0.5", connection);
            cut += (long)(await command.ExecuteScalarAsync())!;
            await Injection.PauseAsync(random, 50, 1_000);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{cut} sessions ended");
    }

    public static async Task<string> CutBrokerAsync(FaultStage stage, Random random)
    {
        var cut = 0;
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            cut += stage.Proxy.Cut(random, percent: 60);
            await Injection.PauseAsync(random, 50, 2_000);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{cut} connections reset");
    }
}
