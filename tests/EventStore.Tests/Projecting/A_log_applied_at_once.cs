using FsCheck;
using FsCheck.Fluent;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.EventSourcing.Tests.Projecting;

/// <summary>A page of the log is applied in few statements; it must mean the same as event after event.</summary>
public sealed class A_log_applied_at_once(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private static readonly Guid[] Accounts =
        [.. Enumerable.Range(0, 6).Select(number => Ids.From("account", $"{number}"))];

    [Fact]
    public void equals_the_same_log_applied_one_by_one() =>
        Prop.ForAll(Logs(), log =>
        {
            var atOnce = ApplyAsync([log]).GetAwaiter().GetResult();
            var oneByOne = ApplyAsync(log.Select(e => (StoredEvent[])[e])).GetAwaiter().GetResult();
            var inPages = ApplyAsync(log.Chunk(7)).GetAwaiter().GetResult();
            return atOnce.SequenceEqual(oneByOne) && inPages.SequenceEqual(oneByOne);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void takes_no_more_statements_than_the_longest_stream_has_events_times_their_types()
    {
        StoredEvent[] log =
            [.. Enumerable.Range(0, 1000).Select(number => Event(Some.Id(), 1, new AccountOpened($"{number}")))];
        var commands = new List<NpgsqlBatchCommand>();
        Projection.Fill(commands, [new AccountBalances()], log);
        commands.ShouldHaveSingleItem();
    }

    /// <summary>Applies pages to empty tables, reads them, and forgets all.</summary>
    private async Task<List<string>> ApplyAsync(IEnumerable<StoredEvent[]> pages)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var page in pages)
        {
            var commands = new List<NpgsqlBatchCommand>();
            Projection.Fill(commands, [new AccountBalances()], page);
            await using var batch = connection.CreateBatch();
            foreach (var command in commands)
                batch.BatchCommands.Add(command);
            if (commands.Count > 0)
                await batch.ExecuteNonQueryAsync();
        }

        await using var read = new NpgsqlCommand(
            "select b::text from account_balances b union all " +
            "select (account_id, version, units)::text from account_movements order by 1", connection);
        await using var reader = await read.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }

    /// <summary>Histories of a few accounts, shuffled together as a log is.</summary>
    private static Arbitrary<StoredEvent[]> Logs() =>
        (from steps in (from account in Gen.Choose(0, Accounts.Length - 1)
                        from units in Gen.Choose(1, 1000)
                        select (account, units)).ArrayOf()
         select Log(steps)).ToArbitrary();

    private static StoredEvent[] Log((int Account, int Units)[] steps)
    {
        var states = Accounts.Select(_ => (Account: Account.Stream.Initial, Version: 0L)).ToArray();
        var log = new List<StoredEvent>();
        foreach (var (account, units) in steps)
        {
            var (state, version) = states[account];
            object happened = state switch
            {
                { Owner: null } => new AccountOpened($"owner {account}"),
                { Balance: var balance } when units % 3 == 0 && balance >= units => new Withdrawn(units),
                _ when units % 50 == 0 => new AccountClosed("done"),
                _ => new Deposited(units),
            };
            log.Add(Event(Accounts[account], version + 1, happened));
            states[account] = (Account.Evolve(state, happened), version + 1);
        }

        return [.. log];
    }

    private static StoredEvent Event(Guid stream, long version, object data) => new()
    {
        Id = Some.Id(),
        StreamId = stream,
        Version = version,
        Type = "any",
        Data = data,
        At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(version),
        Metadata = Some.Metadata,
    };
}
