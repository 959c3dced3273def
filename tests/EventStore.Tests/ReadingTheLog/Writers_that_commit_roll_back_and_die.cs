using OrderToCash.EventSourcing.Subscriptions;

namespace OrderToCash.EventSourcing.Tests.ReadingTheLog;

/// <summary>
/// Writers hold transactions open, roll back and lose their connections at random while readers run all the time.
/// Whatever was committed must reach every reader exactly once and in order. OTC_SEED repeats a run.
/// </summary>
public sealed class Writers_that_commit_roll_back_and_die(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private const int Writers = 8;
    private const int WritesEach = 60;

    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task never_make_a_reader_miss_or_repeat_an_event()
    {
        var (committed, read) = await RunAsync(admit: null);

        committed.Count.ShouldBeGreaterThan(Writers * WritesEach / 4);
        foreach (var sequences in read)
            sequences.SequenceEqual(committed).ShouldBeTrue(Difference(committed, sequences));
    }

    [Fact]
    public async Task make_a_reader_miss_events_when_the_gap_rule_is_taken_out()
    {
        var (committed, read) = await RunAsync(admit: (_, page) => page.Events.Count);

        foreach (var sequences in read)
            committed.Except(sequences).ShouldNotBeEmpty();
    }

    private static string Difference(List<long> committed, List<long> read) =>
        $"missed {string.Join(", ", committed.Except(read).Take(10))}; read {read.Count} of {committed.Count}";

    private async Task<(List<long> Committed, List<long>[] Read)> RunAsync(Func<GapRule, LogPage, int>? admit)
    {
        var wish = Environment.GetEnvironmentVariable("OTC_SEED");
        var seed = wish is null ? Environment.TickCount : int.Parse(wish);
        TestContext.Current.TestOutputHelper?.WriteLine($"OTC_SEED={seed}");
        var start = await database.ScalarAsync<long>("select coalesce(max(seq_id), 0) from mt_events");

        // The first write stays open until the others have long committed: a careless reader is sure to pass it.
        await using var first = await (await OpenWrite.BeginAsync(_store)).AppendAsync();
        var done = new TaskCompletionSource();
        var readers = new[] { 1, 7, 1000 }.Select(page => ReadAsync(start, page, admit, done.Task)).ToArray();
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(new Random(seed + writer))).ToArray();
        await Eventually.BecomesTrue(
            async () => await database.CountAsync($"mt_events where seq_id > {start}") > 20,
            "others have committed");
        await Pause.ForAsync(50);
        await first.CommitAsync();
        await Task.WhenAll(writers);
        done.SetResult();
        var read = await Task.WhenAll(readers);

        await using var command = database.Source.CreateCommand(
            "select seq_id from mt_events where seq_id > $1 order by seq_id");
        command.Parameters.AddWithValue(start);
        await using var rows = await command.ExecuteReaderAsync();
        var committed = new List<long>();
        while (await rows.ReadAsync())
            committed.Add(rows.GetInt64(0));
        return (committed, read);
    }

    /// <summary>Reads on until the writers are done and the log is at its end.</summary>
    private async Task<List<long>> ReadAsync(
        long start, int page, Func<GapRule, LogPage, int>? admit, Task writersDone)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        var reader = new LogReader(_store.Engine, start, admit);
        var sequences = new List<long>();
        while (true)
        {
            var last = writersDone.IsCompleted;
            var events = await reader.NextAsync(connection, page, CancellationToken.None);
            sequences.AddRange(events.Select(e => e.Sequence));
            if (events.Count == 0 && last && !reader.IsWaiting)
                return sequences;
            if (events.Count == 0)
                await Pause.ForAsync(1);
        }
    }

    private async Task WriteAsync(Random random)
    {
        for (var write = 0; write < WritesEach; write++)
        {
            try
            {
                await WriteOnceAsync(random);
            }
            catch (NpgsqlException)
            {
                // Killed at work; whether the commit still got through is what mt_events says at the end.
            }
        }
    }

    private async Task WriteOnceAsync(Random random)
    {
        await using var write = await OpenWrite.BeginAsync(_store);
        if (random.Next(2) == 0)
        {
            await write.TakeIdAsync();
            await Pause.ForAsync(random.Next(5));
        }

        await write.AppendAsync();
        if (random.Next(3) == 0)
            await Pause.ForAsync(random.Next(20));
        if (random.Next(4) == 0)
            await write.AppendAsync();
        switch (random.Next(8))
        {
            case 0:
                await write.RollbackAsync();
                break;
            case 1:
                await write.KillAsync(database);
                break;
            case 2:
                await Task.WhenAll(write.KillAsync(database), write.CommitAsync());
                break;
            default:
                await write.CommitAsync();
                break;
        }
    }
}
