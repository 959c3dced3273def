using Npgsql;

namespace OrderToCash.TestKit.Tests;

public sealed class Databases(Servers servers)
{
    [Fact]
    public async Task the_template_is_prepared_once_and_copies_do_not_see_each_other()
    {
        var prepared = 0;
        async Task Prepare(string connectionString)
        {
            Interlocked.Increment(ref prepared);
            await using var source = NpgsqlDataSource.Create(connectionString);
            await source.CreateCommand("create table note (text text); insert into note values ('from the template')")
                .ExecuteNonQueryAsync();
        }

        var copies = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => servers.CreateDatabaseAsync("notes", Prepare)));

        await copies[0].Source.CreateCommand("insert into note values ('mine')").ExecuteNonQueryAsync();
        prepared.ShouldBe(1);
        (await Notes(copies[0])).ShouldBe(2);
        (await Notes(copies[1])).ShouldBe(1);
        foreach (var copy in copies)
            await copy.DisposeAsync();
    }

    [Fact]
    public async Task a_database_is_dropped_at_the_end_although_somebody_is_connected()
    {
        await using var witness = await servers.CreateDatabaseAsync();
        var database = await servers.CreateDatabaseAsync();
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync();

        await database.DisposeAsync();

        var left = await witness.Source
            .CreateCommand($"select count(*) from pg_database where datname = '{database.Name}'")
            .ExecuteScalarAsync();
        left.ShouldBe(0L);
    }

    private static async Task<long> Notes(TestDatabase database) =>
        (long)(await database.Source.CreateCommand("select count(*) from note").ExecuteScalarAsync())!;
}
