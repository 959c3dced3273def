namespace OrderToCash.EventSourcing.Tests.Appending;

/// <summary>
/// A command that takes longer than it may takes its connection along, whoever had it, so that nobody after it uses one
/// whose prepared statements the driver may have miscounted.
/// </summary>
public sealed class Commands_that_take_too_long(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task end_on_the_server_and_with_their_connection()
    {
        await using var source = EventStoreRegistration.DataSource(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1 }.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        var session = connection.ProcessID;
        await using var command = new NpgsqlCommand("select pg_sleep(600)", connection) { CommandTimeout = 1 };

        var late = await Should.ThrowAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync());

        late.IsTransient.ShouldBeTrue("a consumer keeps its message and tries again");
        await connection.CloseAsync();
        await using var next = await source.OpenConnectionAsync();
        next.ProcessID.ShouldNotBe(session);
        await Eventually.Becomes(
            async () =>
            {
                await using var sessions = new NpgsqlCommand(
                    "select count(*) from pg_stat_activity where pid = $1", next);
                sessions.Parameters.Add(new NpgsqlParameter<int> { TypedValue = session });
                return (long)(await sessions.ExecuteScalarAsync())!;
            },
            count => count == 0, "the server has ended the command and its session");
    }
}
