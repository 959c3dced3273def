using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.EventSourcing.Tests.Projecting;

public sealed class Rebuilding_a_read_model(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private const string Name = "account_balances";

    private const string Shape = """
        select 'column ' || c::text from (
            select table_name, column_name, ordinal_position, data_type, is_nullable, column_default, is_identity,
                identity_generation, generation_expression
            from information_schema.columns where table_schema = 'public' and table_name like 'account_%') c
        union all
        select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
            from pg_constraint where conrelid in ('account_balances'::regclass, 'account_movements'::regclass)
        union all
        select 'index ' || indexdef from pg_indexes where schemaname = 'public' and tablename like 'account_%'
        union all
        select 'options ' || relname || ' ' || coalesce(reloptions::text, '-') || ' ' || coalesce(relacl::text, '-')
            || ' ' || relowner::regrole from pg_class where relname like 'account_%' and relkind = 'r'
        order by 1
        """;

    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task while_eight_writers_append_ends_in_the_fold_of_all_events_and_fails_nobody()
    {
        for (var account = 0; account < 50; account++)
            await _store.OpenAsync(balance: 10);
        await database.ExecuteAsync("update account_balances set balance = 77, closed = true");
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 8).Select(writer => WriteAsync(new Random(writer), stop.Token)).ToArray();

        // An open write keeps a hole open: everything behind it is copied once it is known to be complete.
        await using var late = await (await OpenWrite.BeginAsync(_store)).AppendAsync();
        var rebuild = _store.Rebuild.RunAsync(Name);
        await Pause.ForAsync(100);
        rebuild.IsCompleted.ShouldBeFalse();
        await late.CommitAsync();
        (await rebuild).ShouldBeGreaterThan(100);
        (await _store.Rebuild.RunAsync(Name)).ShouldBeGreaterThan(100);

        await stop.CancelAsync();
        (await Task.WhenAll(writers)).Sum().ShouldBeGreaterThan(8);
        await EqualsTheFoldAsync();
    }

    [Fact]
    public async Task leaves_columns_constraints_indexes_grants_and_settings_as_they_were()
    {
        await _store.OpenAsync(balance: 10);
        var role = $"reports_{Some.Id():N}";
        await database.ExecuteAsync($"create role {role}; grant select on account_balances to {role}");
        try
        {
            var before = await database.RowsAsync(Shape);
            await _store.Rebuild.RunAsync(Name);
            (await database.RowsAsync(Shape)).ShouldBe(before);
            before.ShouldContain(row => row.Contains($"{role}=r/"));
            before.ShouldContain(row => row.Contains("DEFERRABLE"));
        }
        finally
        {
            await database.ExecuteAsync($"drop owned by {role}; drop role {role}");
        }

        (await database.CountAsync("pg_namespace where nspname like 'rebuild%'")).ShouldBe(0);
        await EqualsTheFoldAsync();
    }

    [Theory]
    [InlineData("alter table account_movements add constraint fk foreign key (account_id) references account_balances",
        "alter table account_movements drop constraint fk", "a foreign key: fk")]
    [InlineData("create view rich as select * from account_balances where balance > 100",
        "drop view rich", "a view on it: rich")]
    [InlineData("create trigger t before update on account_balances " +
        "for each row execute function suppress_redundant_updates_trigger()",
        "drop trigger t on account_balances", "a trigger: t")]
    [InlineData("alter table account_movements add column serial_no serial",
        "alter table account_movements drop column serial_no", "a serial column")]
    public async Task refuses_a_table_with_what_it_could_not_keep(string obstacle, string remove, string reason)
    {
        await database.ExecuteAsync(obstacle);
        try
        {
            var refused = await Should.ThrowAsync<NotSupportedException>(() => _store.Rebuild.RunAsync(Name));
            refused.Message.ShouldContain(reason);
        }
        finally
        {
            await database.ExecuteAsync(remove);
        }
    }

    [Fact]
    public async Task waits_its_turn_while_a_report_reads_the_table_and_lets_writers_through_meanwhile()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        Task<long> rebuild;
        await using (await connection.BeginTransactionAsync())
        {
            await using (var read = new NpgsqlCommand("select count(*) from account_balances", connection))
                await read.ExecuteScalarAsync();
            rebuild = _store.Rebuild.RunAsync(Name);
            for (var write = 0; write < 50; write++)
                await _store.OpenAsync();
            rebuild.IsCompleted.ShouldBeFalse();
        }

        await rebuild;
        await EqualsTheFoldAsync();
    }

    [Fact]
    public async Task of_an_unknown_name_is_told() =>
        await Should.ThrowAsync<KeyNotFoundException>(() => _store.Rebuild.RunAsync("nothing"));

    [Fact]
    public async Task that_fails_leaves_the_old_tables_and_nothing_else()
    {
        await _store.OpenAsync(balance: 3);
        var store = database.Instance(options => options.Inline(new Failing()));
        await Should.ThrowAsync<PostgresException>(() => store.Rebuild.RunAsync("failing"));
        (await database.CountAsync("pg_namespace where nspname like 'rebuild%'")).ShouldBe(0);
        await _store.Rebuild.RunAsync(Name);
        await EqualsTheFoldAsync();
    }

    private async Task<int> WriteAsync(Random random, CancellationToken stop)
    {
        var written = 0;
        var mine = new List<Guid> { await _store.OpenAsync(balance: 100) };
        for (; !stop.IsCancellationRequested; written++)
        {
            if (random.Next(3) == 0)
                mine.Add(await _store.OpenAsync(balance: random.Next(2000)));
            var decided = await _store.Store.DecideAsync(
                Account.Stream, mine[random.Next(mine.Count)], Some.Metadata, account => random.Next(10) switch
                {
                    < 6 => Decision.Of(new Deposited(random.Next(1, 100)), new Deposited(1)),
                    < 9 => Account.Withdraw(account, random.Next(1, 100)),
                    _ => Account.Close(account, "done"),
                },
                cancellation: CancellationToken.None);
            decided.Status.ShouldBeOneOf(DecideStatus.Done, DecideStatus.Refused);
        }

        return written;
    }

    /// <summary>The brute force: every stream folded by the aggregate's own code.</summary>
    private async Task EqualsTheFoldAsync()
    {
        var streams = await database.RowsAsync("select id from mt_streams");
        var expected = new List<string>();
        foreach (var id in streams.Select(row => Guid.Parse(row.Trim('(', ')'))))
        {
            var history = await _store.Store.HistoryAsync(id);
            var state = history.Aggregate(Account.Stream.Initial, (account, e) => Account.Evolve(account, e.Data));
            var movements = history.Count(e => e.Data is Deposited or Withdrawn);
            expected.Add($"({id},{state.Balance},{(state.IsClosed ? 't' : 'f')},{history.Count},{movements})");
        }

        var actual = await database.RowsAsync(
            "select account_id, balance, closed, version, " +
            "(select count(*) from account_movements m where m.account_id = b.account_id) from account_balances b");
        actual.Except(expected).Concat(expected.Except(actual)).Take(5).ShouldBeEmpty();
    }

    private sealed class Failing : Projection
    {
        public Failing()
            : base("failing", "account_balances") =>
            On<AccountOpened>("select 1 / (cardinality($1) - cardinality($1))", row => row.Column(e => e.StreamId));
    }
}
