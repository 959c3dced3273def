namespace OrderToCash.EventSourcing.Tests.Appending;

/// <summary>
/// D-13: a deadlock or a serialization failure is the database's affair: tried again, or 503, and never a refusal.
/// </summary>
public sealed class Faults_of_the_database(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly StoreInstance _store = database.Instance();

    [Theory]
    [InlineData("40001")]
    [InlineData("40P01")]
    public async Task that_pass_are_retried(string sqlState)
    {
        var id = await _store.OpenAsync(balance: 10);
        await FailAsync(sqlState, times: 3);
        var decisions = 0;

        var decided = await _store.Store.DecideAsync(Account.Stream, id, Some.Metadata, account =>
        {
            decisions++;
            return Account.Withdraw(account, 10);
        });

        decided.Status.ShouldBe(DecideStatus.Done);
        decided.Refusal.ShouldBeNull();
        decisions.ShouldBe(4);
        (await database.BalanceAsync(id)).ShouldBe(0);
    }

    [Theory]
    [InlineData("40001")]
    [InlineData("40P01")]
    public async Task that_do_not_pass_are_reported_as_contention(string sqlState)
    {
        var id = await _store.OpenAsync(balance: 10);
        await FailAsync(sqlState, times: 1000);
        await Should.ThrowAsync<ContentionException>(() => _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, account => Account.Withdraw(account, 10)));
        await FailAsync(sqlState, times: 0);
        (await _store.Store.HistoryAsync(id)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task of_any_other_kind_are_thrown()
    {
        var id = await _store.OpenAsync(balance: 10);
        await FailAsync("53100", times: 1);
        (await Should.ThrowAsync<PostgresException>(() => _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, account => Account.Withdraw(account, 10)))).SqlState.ShouldBe("53100");
    }

    [Fact]
    public async Task like_a_real_deadlock_between_two_batches_leave_both_written_in_the_end()
    {
        Guid[] ids = [await _store.OpenAsync(), await _store.OpenAsync()];
        var before = await database.ScalarAsync<long>("select sum(balance)::bigint from account_balances");

        // Rows that cross: each batch touches the read model of the other's stream after its own.
        var crossing = Enumerable.Range(0, 40).Select(turn => _store.Store.CommitAsync(async cancellation =>
        {
            var (own, other) = (ids[turn % 2], ids[1 - (turn % 2)]);
            var row = new NpgsqlBatchCommand("update account_balances set balance = balance + 1 where account_id = $1");
            row.Parameters.AddWithValue(other);
            var version = (await _store.Store.LoadAsync(Account.Stream, own, cancellation)).Version;
            return new WriteBatch(Some.Metadata).Append(Account.Stream, own, version, [new Deposited(1)]).Row(row);
        }));

        (await Task.WhenAll(crossing)).ShouldAllBe(result => result.IsCommitted);
        (await database.ScalarAsync<long>("select sum(balance)::bigint from account_balances")).ShouldBe(before + 80);
    }

    /// <summary>
    /// Makes the next withdrawals fail; a sequence counts them, for it forgets nothing when a transaction rolls back.
    /// </summary>
    private Task FailAsync(string sqlState, int times) => database.ExecuteAsync($"""
        drop sequence if exists faults;
        create sequence faults;
        create or replace function fail() returns trigger language plpgsql as $$
        begin
            if nextval('faults') <= {times} then raise exception 'injected' using errcode = '{sqlState}'; end if;
            return new;
        end $$;
        create or replace trigger fail before insert on account_movements
            for each row when (new.units < 0) execute function fail();
        """);
}
