using System.Reflection;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrderToCash.EventSourcing.Migrations;

namespace OrderToCash.EventSourcing.Tests.Migrating;

public sealed class Schema_files(StoreDatabase database, Servers servers) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task are_applied_once_by_eight_instances_that_start_at_once()
    {
        await using var empty = await servers.CreateDatabaseAsync();
        await using var sessions = EventStoreRegistration.SessionSource(empty.ConnectionString);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Migrator(sessions, StoreDatabase.Modules()).StartingAsync(CancellationToken.None)));
        await using var count = empty.Source.CreateCommand("select count(*) from otc_schema");
        (await count.ExecuteScalarAsync()).ShouldBe(3L);
    }

    [Fact]
    public async Task are_applied_in_the_order_of_their_numbers()
    {
        await ApplyAsync("order", new()
        {
            ["0010_c.sql"] = "insert into ordered values (10)",
            ["0001_a.sql"] = "create table ordered (number int)",
            ["0002_b.sql"] = "insert into ordered values (2)",
        });
        (await database.RowsAsync("select number from ordered")).ShouldBe(["(2)", "(10)"]);
    }

    [Fact]
    public async Task may_hold_functions_with_semicolons_and_dollars()
    {
        await ApplyAsync("functions", new()
        {
            ["0001_f.sql"] = "create function f() returns int language plpgsql as " +
                "$x$ begin perform 1; return 2; end $x$; -- it's; :not a @parameter\n" +
                "create table made_by_f as select f() as two",
        });
        (await database.ScalarAsync<int>("select two from made_by_f")).ShouldBe(2);
    }

    [Fact]
    public async Task that_were_applied_must_not_change()
    {
        await ApplyAsync("changed", new() { ["0001_a.sql"] = "create table changed_a ()" });
        var error = await Should.ThrowAsync<InvalidOperationException>(() => ApplyAsync("changed", new()
        {
            ["0001_a.sql"] = "create table changed_a (more int)",
            ["0002_b.sql"] = "create table changed_b ()",
        }));
        error.Message.ShouldContain("changed/0001_a.sql");
        (await database.CountAsync("pg_class where relname = 'changed_b'")).ShouldBe(0);
    }

    [Fact]
    public async Task may_change_their_line_endings()
    {
        await ApplyAsync("lines", new() { ["0001_a.sql"] = "create table lines_a ();\n-- end\n" });
        await ApplyAsync("lines", new() { ["0001_a.sql"] = "create table lines_a ();\r\n-- end\r\n" });
    }

    [Fact]
    public async Task that_fail_leave_nothing_of_themselves_and_all_of_those_before()
    {
        await Should.ThrowAsync<PostgresException>(() => ApplyAsync("failing", new()
        {
            ["0001_a.sql"] = "create table failing_a ()",
            ["0002_b.sql"] = "create table failing_b (); insert into failing_b select 1 / 0",
            ["0003_c.sql"] = "create table failing_c ()",
        }));
        (await database.RowsAsync("select relname from pg_class where relname like 'failing%'"))
            .ShouldBe(["(failing_a)"]);
        (await database.RowsAsync("select number from otc_schema where module = 'failing'")).ShouldBe(["(1)"]);

        await ApplyAsync("failing", new()
        {
            ["0001_a.sql"] = "create table failing_a ()",
            ["0002_b.sql"] = "create table failing_b (mended int)",
        });
        (await database.CountAsync("failing_b")).ShouldBe(0);
    }

    [Fact]
    public async Task with_a_name_that_would_never_be_applied_are_told()
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() =>
            ApplyAsync("names", new() { ["0001-add-index.sql"] = "select 1" }));
        error.Message.ShouldContain("0001-add-index.sql");
    }

    [Fact]
    public async Task of_a_newer_version_do_not_stop_an_older_one_from_starting()
    {
        await ApplyAsync("rolling", new() { ["0001_a.sql"] = "select 1", ["0002_b.sql"] = "select 2" });
        await ApplyAsync("rolling", new() { ["0001_a.sql"] = "select 1" });
    }

    private async Task ApplyAsync(string module, Dictionary<string, string> files)
    {
        await using var sessions = EventStoreRegistration.SessionSource(database.ConnectionString);
        await Migrator(sessions, [new SchemaModule(module, new Files(files))]).ApplyAsync();
    }

    private static SchemaMigrator Migrator(NpgsqlDataSource sessions, SchemaModule[] modules) =>
        new(sessions, modules, TimeProvider.System, NullLogger<SchemaMigrator>.Instance);

    /// <summary>An assembly as far as its embedded schema files go.</summary>
    private sealed class Files(Dictionary<string, string> files) : Assembly
    {
        public override string[] GetManifestResourceNames() => [.. files.Keys.Select(name => $"Service.Schema.{name}")];

        public override Stream GetManifestResourceStream(string name) =>
            new MemoryStream(Encoding.UTF8.GetBytes(files[name["Service.Schema.".Length..]]));
    }
}
