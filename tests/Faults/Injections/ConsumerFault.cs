using Npgsql;
using OrderToCash.Faults.Stage;

namespace OrderToCash.Faults.Injections;

/// <summary>
/// A consumer throws at every message for a while: its inbox refuses rows. What it gives up meanwhile lies in its error
/// queue with the reason and is sent back afterwards, as an operator would.
/// </summary>
internal static class ConsumerFault
{
    /// <summary>What such messages say in the error queue.</summary>
    public const string Reason = "refused on purpose";

    private const string Break =
        "set lock_timeout = '20s'; create or replace function faults_refuse() returns trigger language plpgsql as " +
        "$$ begin raise exception '" + Reason + "'; end $$; " +
        "create trigger faults_refuse before insert on otc_inbox for each row when (new.consumer = 'QUEUE') " +
        "execute function faults_refuse()";

    private const string Mend = "set lock_timeout = '20s'; drop trigger if exists faults_refuse on otc_inbox";

    public static async Task<string> RunAsync(FaultStage stage, Random random)
    {
        var busy = await stage.BusyAsync();
        var (queue, _) = busy[random.Next(busy.Count)];
        var service = FaultStage.Services
            .Single(program => queue.StartsWith($"{program.Name}-", StringComparison.Ordinal)).Name;
        try
        {
            await ExecuteAsync(stage, service, Break.Replace("QUEUE", queue, StringComparison.Ordinal));
            await Injection.PauseAsync(random, 8_000, 16_000);
        }
        finally
        {
            await ExecuteAsync(stage, service, Mend);
        }

        return queue;
    }

    private static async Task ExecuteAsync(FaultStage stage, string service, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(stage.DatabaseOf(service)) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
