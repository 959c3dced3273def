namespace OrderToCash.EventSourcing.Tests.Appending;

/// <summary>What is given up with its connections, and what is the pool's or the caller's affair.</summary>
public sealed class Prepared_statements_in_doubt(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task are_those_of_a_command_that_took_too_long()
    {
        await using var command = database.Source.CreateCommand("select pg_sleep(600)");
        command.CommandTimeout = 1;

        var late = await Should.ThrowAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync());

        PreparedStatements.Doubts(late).ShouldBeTrue($"{late}");
    }

    [Fact]
    public async Task are_not_those_of_a_pool_that_is_exhausted()
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1, Timeout = 1 };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var only = await source.OpenConnectionAsync();

        var exhausted = await Should.ThrowAsync<NpgsqlException>(async () => await source.OpenConnectionAsync());

        PreparedStatements.Doubts(exhausted).ShouldBeFalse($"{exhausted}");
    }
}
