namespace OrderToCash.EventSourcing.Tests.Appending;

/// <summary>
/// A command that is cancelled, or takes longer than it may, takes its connection along, so that nobody after it uses
/// one whose prepared statements the driver has miscounted.
/// </summary>
public sealed class Commands_that_are_given_up(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task leave_no_connection_on_which_statements_are_miscounted()
    {
        await using var source = EventStoreRegistration.DataSource(database.ConnectionString);
        var cancelled = 0;

        await Parallel.ForAsync(0, 3000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            using var patience = new CancellationTokenSource();
            await using var command = source.CreateCommand($"select $1 + {number % 6}");
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
            var answer = command.ExecuteScalarAsync(patience.Token);
            if (number % 4 == 0)
            {
                Thread.SpinWait(number % 97 * 50);
                await patience.CancelAsync();
            }

            try
            {
                (await answer).ShouldBe(number + number % 6);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                Interlocked.Increment(ref cancelled);
            }
        });

        cancelled.ShouldBePositive();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task end_on_the_server_and_with_their_connection(bool byTime)
    {
        await using var source = EventStoreRegistration.DataSource(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1 }.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        var session = connection.ProcessID;
        using var patience = new CancellationTokenSource();
        await using var command = new NpgsqlCommand("select pg_sleep(600)", connection);
        command.CommandTimeout = byTime ? 1 : 0;
        var asked = command.ExecuteNonQueryAsync(patience.Token);
        if (!byTime)
            await patience.CancelAsync();

        var error = await Should.ThrowAsync<Exception>(asked);

        (error is OperationCanceledException).ShouldBe(!byTime, $"{error}");
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
