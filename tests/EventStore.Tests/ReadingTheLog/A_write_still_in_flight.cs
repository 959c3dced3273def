using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.ReadingTheLog;

/// <summary>D-15, I-12: numbers are drawn before the commit, so what is seen late is waited for.</summary>
public sealed class A_write_still_in_flight(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task holds_up_what_was_committed_behind_it()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var reader = await ReaderAtEndAsync();
        await using var early = await (await OpenWrite.BeginAsync(_store)).AppendAsync();
        await _store.OpenAsync();

        for (var look = 0; look < 5; look++)
            (await reader.NextAsync(connection, 10, CancellationToken.None)).ShouldBeEmpty();
        reader.IsWaiting.ShouldBeTrue();

        await early.CommitAsync();
        var events = await reader.NextAsync(connection, 10, CancellationToken.None);
        events.Count.ShouldBe(2);
        events[1].Sequence.ShouldBe(events[0].Sequence + 1);
        reader.IsWaiting.ShouldBeFalse();
    }

    [Fact]
    public async Task is_skipped_by_a_reader_without_the_gap_rule()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var position = (await ReaderAtEndAsync()).Position;
        var careless = new LogReader(_store.Engine, position, (_, page) => page.Events.Count);
        await using var early = await (await OpenWrite.BeginAsync(_store)).AppendAsync();
        await _store.OpenAsync();

        var seen = await careless.NextAsync(connection, 10, CancellationToken.None);
        await early.CommitAsync();
        seen = [.. seen, .. await careless.NextAsync(connection, 10, CancellationToken.None)];

        (await database.ScalarAsync<long>("select count(*) from mt_events where seq_id > $1", position)).ShouldBe(2);
        seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task is_waited_for_even_when_its_transaction_is_younger_than_the_write_behind_it()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var reader = await ReaderAtEndAsync();
        await using var older = await OpenWrite.BeginAsync(_store);
        await using var younger = await OpenWrite.BeginAsync(_store);
        await older.TakeIdAsync();
        await younger.TakeIdAsync();
        await younger.AppendAsync();
        await older.AppendAsync();
        await older.CommitAsync();

        // No transaction has ended since, so a snapshot's xmax is not above the younger one's id.
        for (var look = 0; look < 5; look++)
            (await reader.NextAsync(connection, 10, CancellationToken.None)).ShouldBeEmpty();

        await younger.CommitAsync();
        (await reader.NextAsync(connection, 10, CancellationToken.None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task that_began_after_the_hole_was_seen_does_not_delay()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var reader = await ReaderAtEndAsync();
        await using var failing = await (await OpenWrite.BeginAsync(_store)).AppendAsync();
        await _store.OpenAsync();
        (await reader.NextAsync(connection, 10, CancellationToken.None)).ShouldBeEmpty();

        await using var later = await (await OpenWrite.BeginAsync(_store)).AppendAsync();
        await failing.RollbackAsync();

        await PassesAsync(reader, connection);
    }

    [Fact]
    public async Task that_only_reads_does_not_delay()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var reader = await ReaderAtEndAsync();
        await using var report = await database.Source.OpenConnectionAsync();
        await using var open = await report.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using (var read = new NpgsqlCommand("select count(*) from mt_events", report))
            await read.ExecuteScalarAsync();

        await using (var failing = await (await OpenWrite.BeginAsync(_store)).AppendAsync())
            await failing.RollbackAsync();
        await _store.OpenAsync();

        await PassesAsync(reader, connection);
    }

    [Fact]
    public async Task leaves_a_hole_that_is_passed_as_soon_as_all_that_were_in_flight_have_ended()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var reader = await ReaderAtEndAsync();
        await using var failing = await (await OpenWrite.BeginAsync(_store)).AppendAsync();
        await using var unrelated = await OpenWrite.BeginAsync(_store);
        await unrelated.TakeIdAsync();
        await _store.OpenAsync();

        (await reader.NextAsync(connection, 10, CancellationToken.None)).ShouldBeEmpty();
        await failing.KillAsync(database);
        await Eventually.BecomesTrue(
            async () => await database.CountAsync("pg_stat_activity where state = 'idle in transaction' " +
                "and datname = current_database()") == 1, "the killed session is gone");
        (await reader.NextAsync(connection, 10, CancellationToken.None)).ShouldBeEmpty();

        await unrelated.RollbackAsync();
        await PassesAsync(reader, connection);
    }

    /// <summary>Transactions of other tests on the same server were in flight too, and end by themselves.</summary>
    private static Task PassesAsync(LogReader reader, NpgsqlConnection connection) => Eventually.BecomesTrue(
        async () => (await reader.NextAsync(connection, 10, CancellationToken.None)).Count == 1, "the hole is passed");

    private async Task<LogReader> ReaderAtEndAsync() => new(
        _store.Engine, await database.ScalarAsync<long>("select last_value from mt_events_sequence where is_called " +
            "union all select 0 order by 1 desc limit 1"));
}
