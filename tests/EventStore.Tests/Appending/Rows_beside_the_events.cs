namespace OrderToCash.EventSourcing.Tests.Appending;

public sealed class Rows_beside_the_events(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task a_message_handled_before_is_told_and_nothing_is_written()
    {
        var (id, message) = (await _store.OpenAsync(), Some.Id());
        (await DepositAsync(id, 1, Inbox(message))).IsCommitted.ShouldBeTrue();

        (await DepositAsync(id, 2, Inbox(message))).Status.ShouldBe(CommitStatus.AlreadyHandled);

        (await _store.Store.LoadAsync(Account.Stream, id)).Version.ShouldBe(2);
        (await database.CountAsync($"otc_inbox where message_id = '{message}'")).ShouldBe(1);
    }

    [Fact]
    public async Task a_message_is_turned_away_before_its_stream_is_looked_at()
    {
        var (id, message) = (await _store.OpenAsync(), Some.Id());
        (await DepositAsync(id, 1, Inbox(message))).IsCommitted.ShouldBeTrue();
        (await DepositAsync(id, 1, Inbox(message))).Status.ShouldBe(CommitStatus.AlreadyHandled);
    }

    [Fact]
    public async Task the_same_message_twenty_times_at_once_counts_once()
    {
        var (id, message) = (await _store.OpenAsync(), Some.Id());
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(5)),
            with: (batch, _) => batch.Guard(Inbox(message)))));

        results.Count(result => result.Status == DecideStatus.Done).ShouldBe(1);
        results.Count(result => result.Status == DecideStatus.AlreadyHandled).ShouldBe(19);
        (await database.BalanceAsync(id)).ShouldBe(5);
    }

    [Fact]
    public async Task a_message_whose_change_is_refused_may_come_again()
    {
        var (id, message) = (await _store.OpenAsync(), Some.Id());
        (await DepositAsync(id, 9, Inbox(message))).Status.ShouldBe(CommitStatus.VersionConflict);
        (await DepositAsync(id, 1, Inbox(message))).IsCommitted.ShouldBeTrue();
    }

    [Fact]
    public async Task an_idempotency_key_that_is_taken_is_told_and_nothing_is_written()
    {
        var (id, key) = (await _store.OpenAsync(), $"{Some.Id()}");
        (await DepositAsync(id, 1, Key(key))).IsCommitted.ShouldBeTrue();
        (await DepositAsync(id, 2, Key(key))).Status.ShouldBe(CommitStatus.KeyTaken);
        (await _store.Store.LoadAsync(Account.Stream, id)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task a_unique_constraint_of_the_services_own_table_is_told_by_its_name()
    {
        await _store.AppendAsync(Some.Id(), 0, new AccountOpened("The only one"));
        var second = Some.Id();

        var result = await _store.AppendAsync(second, 0, new AccountOpened("The only one"));

        result.ShouldBe(new CommitResult(CommitStatus.Duplicate, "account_balances_owner_key"));
        (await _store.Store.HistoryAsync(second)).ShouldBeEmpty();

        var decided = await _store.Store.DecideAsync(
            Account.Stream, second, Some.Metadata, account => Account.Open(account, "The only one"));
        decided.ShouldSatisfyAllConditions(
            () => decided.Status.ShouldBe(DecideStatus.Duplicate),
            () => decided.Constraint.ShouldBe("account_balances_owner_key"),
            () => decided.Events.ShouldBeEmpty(),
            () => decided.Version.ShouldBe(0));
    }

    [Fact]
    public async Task any_other_violation_is_a_failure_and_not_an_answer()
    {
        var id = await _store.OpenAsync();
        var error = await Should.ThrowAsync<PostgresException>(() => _store.AppendAsync(id, 1, new Withdrawn(1)));
        error.ConstraintName.ShouldBe("account_balances_balance_check");
        (await _store.Store.HistoryAsync(id)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task rows_run_after_the_read_models()
    {
        var id = Some.Id();
        var row = new NpgsqlBatchCommand("update account_balances set balance = balance * 2 where account_id = $1");
        row.Parameters.AddWithValue(id);
        var batch = new WriteBatch(Some.Metadata)
            .Append(Account.Stream, id, 0, [new AccountOpened($"{id}"), new Deposited(21)]).Row(row);

        (await _store.Store.CommitAsync(batch)).IsCommitted.ShouldBeTrue();
        (await database.BalanceAsync(id)).ShouldBe(42);
    }

    [Fact]
    public async Task a_row_of_a_try_that_was_lost_is_written_by_the_next_try_on_another_connection()
    {
        var id = await _store.OpenAsync();
        await using var first = await _store.Store.Database.OpenConnectionAsync();
        await using var second = await _store.Store.Database.OpenConnectionAsync();
        for (var version = 1; version <= 3; version++)
            (await AddTenAsync(first, version, AddTen(id))).IsCommitted.ShouldBeTrue();

        var row = AddTen(id);
        (await AddTenAsync(first, 1, row)).Status.ShouldBe(CommitStatus.VersionConflict);
        (await AddTenAsync(second, 4, row)).IsCommitted.ShouldBeTrue();

        (await database.BalanceAsync(id)).ShouldBe(4 * (1 + 10));

        Task<CommitResult> AddTenAsync(NpgsqlConnection connection, long version, NpgsqlBatchCommand command) =>
            _store.Store.CommitAsync(
                new WriteBatch(Some.Metadata).Append(Account.Stream, id, version, [new Deposited(1)]).Row(command),
                connection, CancellationToken.None);
    }

    [Fact]
    public async Task a_batch_in_the_callers_transaction_stands_or_falls_with_it()
    {
        var id = Some.Id();
        await using (var connection = await database.Source.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            var batch = new WriteBatch(Some.Metadata).Append(Account.Stream, id, 0, [new AccountOpened($"{id}")]);
            (await _store.Store.CommitAsync(batch, connection, CancellationToken.None)).IsCommitted.ShouldBeTrue();
        }

        (await _store.Store.HistoryAsync(id)).ShouldBeEmpty();
    }

    private Task<CommitResult> DepositAsync(Guid id, long version, NpgsqlBatchCommand guard) =>
        _store.Store.CommitAsync(
            new WriteBatch(Some.Metadata).Append(Account.Stream, id, version, [new Deposited(1)]).Guard(guard));

    private static NpgsqlBatchCommand Inbox(Guid message)
    {
        var row = new NpgsqlBatchCommand("insert into otc_inbox (consumer, message_id) values ('tests', $1)");
        row.Parameters.AddWithValue(message);
        return row;
    }

    private static NpgsqlBatchCommand AddTen(Guid account)
    {
        var row = new NpgsqlBatchCommand("update account_balances set balance = balance + 10 where account_id = $1");
        row.Parameters.AddWithValue(account);
        return row;
    }

    private static NpgsqlBatchCommand Key(string key)
    {
        var row = new NpgsqlBatchCommand(
            "insert into otc_idempotency_keys (caller, key, request_hash, status, body) " +
            "values ('ann', $1, '', 200, '')");
        row.Parameters.AddWithValue(key);
        return row;
    }
}
