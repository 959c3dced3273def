using JasperFx;
using JasperFx.Events;
using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace OrderToCash.EventSourcing.Tests.OpenedWithMarten;

/// <summary>
/// A team opens a service's database with Marten itself: to read it, to aggregate it, or to write to it.
/// </summary>
public sealed class Opening_the_store_with_Marten(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Fact]
    public async Task it_finds_the_events_as_it_would_have_made_them_and_elsewhere_only_adds_what_its_daemon_keeps()
    {
        await using var marten = Open(AutoCreate.None);

        var migration = await marten.Storage.Database.CreateMigrationAsync();

        var tables = migration.Deltas.Where(delta => delta.SchemaObject is Table)
            .ToDictionary(delta => delta.SchemaObject.Identifier.Name);
        tables["mt_events"].Difference.ShouldBe(SchemaPatchDifference.None);
        using var writer = new StringWriter();
        foreach (var changed in tables.Values.Where(delta => delta.Difference == SchemaPatchDifference.Update))
            changed.WriteUpdate(new PostgresqlMigrator(), writer);
        writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ShouldAllBe(statement => statement.Contains(" add column ", StringComparison.Ordinal));
        tables.Values.Select(delta => delta.Difference).ShouldNotContain(SchemaPatchDifference.Invalid);
    }

    [Fact]
    public async Task it_leaves_what_is_ours_alone_where_it_may_change_the_schema()
    {
        await using var store = database.Instance();
        await using var marten = Open(AutoCreate.CreateOrUpdate);
        var account = await store.OpenAsync(balance: 5);

        await marten.Storage.ApplyAllConfiguredChangesToDatabaseAsync();

        await store.Store.DecideAsync(Account.Stream, account, Some.Metadata, state => Account.Withdraw(state, 2));
        (await database.BalanceAsync(account)).ShouldBe(3);
    }

    [Fact]
    public async Task it_reads_the_events_of_a_stream_with_who_why_and_when()
    {
        await using var store = database.Instance();
        var account = await store.OpenAsync(balance: 7);
        var metadata = new EventMetadata("ana", "corr-1", "cause-1", "a reason");
        await store.Store.DecideAsync(Account.Stream, account, metadata, state => Account.Withdraw(state, 3));
        var ours = (await store.Store.HistoryAsync(account))[^1];

        await using var marten = Open(AutoCreate.None);
        await using var session = marten.QuerySession();
        var events = await session.Events.FetchStreamAsync(account);

        events.Select(e => e.Data)
            .ShouldBe([new AccountOpened($"owner {account}"), new Deposited(7), new Withdrawn(3)]);
        var last = events[^1];
        (last.Id, last.Version, last.Sequence, last.EventTypeName)
            .ShouldBe((ours.Id, ours.Version, ours.Sequence, "withdrawn"));
        last.Timestamp.ShouldBe(ours.At);
        (last.UserName, last.CorrelationId, last.CausationId).ShouldBe(("ana", "corr-1", "cause-1"));
        last.GetHeader("reason")?.ToString().ShouldBe("a reason");
    }

    [Fact]
    public async Task it_aggregates_a_stream()
    {
        await using var store = database.Instance();
        var account = await store.OpenAsync(balance: 7);
        await store.Store.DecideAsync(Account.Stream, account, Some.Metadata, state => Account.Withdraw(state, 3));

        await using var marten = Open(AutoCreate.None);
        await using var session = marten.QuerySession();
        var total = (await session.Events.AggregateStreamAsync<AccountTotal>(account)).ShouldNotBeNull();

        (total.Owner, total.Units).ShouldBe(($"owner {account}", 4));
    }

    [Fact]
    public async Task what_it_appends_is_read_and_decided_on_here()
    {
        await using var store = database.Instance(_ => { });
        var account = Some.Id();
        await using var marten = Open(AutoCreate.CreateOrUpdate);
        await using (var session = marten.LightweightSession())
        {
            session.Events.StartStream<Account>(account, new AccountOpened("theirs"), new Deposited(10));
            await session.SaveChangesAsync();
        }

        var decided = await store.Store.DecideAsync(
            Account.Stream, account, Some.Metadata, state => Account.Withdraw(state, 4));

        (decided.Status, decided.State.Balance, decided.Version).ShouldBe((DecideStatus.Done, 6, 3));
        await using (var session = marten.LightweightSession())
        {
            session.Events.Append(account, 4, new Deposited(1));
            await session.SaveChangesAsync();
        }

        (await store.Store.LoadAsync(Account.Stream, account)).State.Balance.ShouldBe(7);
    }

    private DocumentStore Open(AutoCreate schema) => DocumentStore.For(options =>
    {
        options.Connection(database.ConnectionString);
        options.AutoCreateSchemaObjects = schema;
        options.Events.StreamIdentity = StreamIdentity.AsGuid;
        options.Events.AppendMode = EventAppendMode.Quick;
        options.Events.MetadataConfig.EnableAll();
        options.Events.MetadataConfig.UserNameEnabled = true;
        options.Events.AddEventTypes(
            [typeof(AccountOpened), typeof(Deposited), typeof(Withdrawn), typeof(AccountClosed)]);
    });

    /// <summary>What a team of another service might make of the events.</summary>
    public sealed class AccountTotal
    {
        public Guid Id { get; set; }

        public string Owner { get; set; } = "";

        public long Units { get; set; }

        public void Apply(AccountOpened opened) => Owner = opened.Owner;

        public void Apply(Deposited deposited) => Units += deposited.Units;

        public void Apply(Withdrawn withdrawn) => Units -= withdrawn.Units;
    }
}
