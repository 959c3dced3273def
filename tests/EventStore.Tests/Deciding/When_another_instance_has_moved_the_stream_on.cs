namespace OrderToCash.EventSourcing.Tests.Deciding;

/// <summary>Two instances on one database; what this one remembers of the stream is out of date.</summary>
public sealed class When_another_instance_has_moved_the_stream_on(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private static readonly TransactionLock Locks = new("account");

    private readonly StoreInstance _here = database.Instance();
    private readonly StoreInstance _there = database.Instance();

    [Fact]
    public async Task a_refusal_never_rests_on_the_old_state()
    {
        var id = await RememberedAsync(balance: 5);
        await DecideAsync(_there, id, _ => Decision.Of(new Deposited(10)));

        var decided = await DecideAsync(_here, id, account => Account.Withdraw(account, 12));

        decided.Status.ShouldBe(DecideStatus.Done);
        decided.State.Balance.ShouldBe(3);
        decided.Version.ShouldBe(4);
    }

    [Fact]
    public async Task a_refusal_tells_the_new_state()
    {
        var id = await RememberedAsync(balance: 50);
        await DecideAsync(_there, id, account => Account.Withdraw(account, 45));

        var decided = await DecideAsync(_here, id, account => Account.Withdraw(account, 60));

        decided.Refusal!.Detail.ShouldBe("There are 5 units.");
        decided.Version.ShouldBe(3);
    }

    [Fact]
    public async Task nothing_to_do_never_rests_on_the_old_state()
    {
        var id = await RememberedAsync(balance: 0);
        await DecideAsync(_there, id, _ => Decision.Of(new Deposited(10)));

        // Empty it: by what is remembered there is nothing in it.
        var decided = await DecideAsync(_here, id, account =>
            account.Balance == 0 ? Decision.Nothing : Decision.Of(new Withdrawn(account.Balance)));

        decided.Events.ShouldBe([new Withdrawn(10)]);
    }

    [Fact]
    public async Task events_are_decided_again_on_the_new_state()
    {
        var id = await RememberedAsync(balance: 10);
        await DecideAsync(_there, id, account => Account.Withdraw(account, 8));
        var seen = new List<long>();

        var decided = await DecideAsync(_here, id, account =>
        {
            seen.Add(account.Balance);
            return Account.Withdraw(account, 8);
        });

        seen.ShouldBe([10, 2]);
        decided.Status.ShouldBe(DecideStatus.Refused);
        (await _here.Store.LoadAsync(Account.Stream, id)).State.Balance.ShouldBe(2);
    }

    [Fact]
    public async Task the_callers_version_is_compared_with_the_new_one()
    {
        var id = await RememberedAsync(balance: 10);
        await DecideAsync(_there, id, _ => Decision.Of(new Deposited(1)));

        (await _here.Store.DecideAsync(Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)), 2))
            .ShouldSatisfyAllConditions(
                late => late.Status.ShouldBe(DecideStatus.WrongVersion),
                late => late.Version.ShouldBe(3));

        await DecideAsync(_there, id, _ => Decision.Of(new Deposited(1)));
        (await _here.Store.DecideAsync(Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)), 4))
            .Status.ShouldBe(DecideStatus.Done);
    }

    [Fact]
    public async Task who_loses_again_and_again_decides_while_it_holds_the_stream()
    {
        var id = await RememberedAsync(balance: 0);
        var lost = (await DecideAsync(_there, id, _ => Decision.Of(new Deposited(10)))).Version;

        var decided = await _here.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)),
            with: (batch, _) => batch.Lock(Locks.Take(id)),
            refresh: async _ => lost = (await DecideAsync(_there, id, _ => Decision.Of(new Deposited(10)))).Version);

        decided.Status.ShouldBe(DecideStatus.Done);
        decided.Version.ShouldBe(lost + 1);
        decided.State.Balance.ShouldBe((await _there.Store.LoadAsync(Account.Stream, id)).State.Balance);
        (await DecideAsync(_there, id, _ => Decision.Of(new Deposited(1)))).Status.ShouldBe(DecideStatus.Done);
    }

    [Fact]
    public async Task a_message_handled_there_is_told_with_the_new_state()
    {
        var (id, message) = (await RememberedAsync(balance: 1), Some.Id());
        (await HandleAsync(_there, id, message)).Status.ShouldBe(DecideStatus.Done);

        var decided = await HandleAsync(_here, id, message);

        decided.Status.ShouldBe(DecideStatus.AlreadyHandled);
        decided.Events.ShouldBeEmpty();
        decided.Version.ShouldBe(3);
        decided.State.Balance.ShouldBe(3);
    }

    [Fact]
    public async Task a_load_sees_the_new_state()
    {
        var id = await RememberedAsync(balance: 1);
        await DecideAsync(_there, id, _ => Decision.Of(new Deposited(1)));
        (await _here.Store.LoadAsync(Account.Stream, id)).State.Balance.ShouldBe(2);
    }

    [Fact]
    public async Task a_cache_that_is_ahead_of_a_restored_database_is_dropped()
    {
        var id = await RememberedAsync(balance: 10);
        await database.ExecuteAsync("delete from mt_events where stream_id = $1 and version = 2", id);
        await database.ExecuteAsync("update mt_streams set version = 1 where id = $1", id);
        await database.ExecuteAsync("delete from account_movements where account_id = $1", id);

        var decided = await DecideAsync(_here, id, _ => Decision.Of(new Deposited(3)));

        decided.Version.ShouldBe(2);
        decided.State.Balance.ShouldBe(3);
    }

    [Fact]
    public async Task random_decisions_on_both_sides_end_in_the_fold_of_the_log()
    {
        var id = await RememberedAsync(balance: 50);
        await Task.WhenAll(Enumerable.Range(0, 80).Select(turn => DecideAsync(
            turn % 2 == 0 ? _here : _there, id,
            account => turn % 3 == 0 ? Account.Withdraw(account, turn) : Decision.Of(new Deposited(1)))));

        var history = await _here.Store.HistoryAsync(id);
        var states = history.Aggregate(new List<Account> { Account.Stream.Initial }, (folded, e) =>
        {
            folded.Add(Account.Evolve(folded[^1], e.Data));
            return folded;
        });
        states.ShouldAllBe(account => account.Balance >= 0);
        (await _here.Store.LoadAsync(Account.Stream, id)).State.ShouldBe(states[^1]);
        (await _there.Store.LoadAsync(Account.Stream, id)).State.ShouldBe(states[^1]);
        (await database.BalanceAsync(id)).ShouldBe(states[^1].Balance);
    }

    /// <summary>An account whose state this instance has in its cache.</summary>
    private async Task<Guid> RememberedAsync(long balance)
    {
        var id = await _there.OpenAsync(balance);
        await _here.Store.LoadAsync(Account.Stream, id);
        return id;
    }

    private static Task<Decided<Account>> DecideAsync(
        StoreInstance instance, Guid id, Func<Account, Decision> decide) =>
        instance.Store.DecideAsync(Account.Stream, id, Some.Metadata, decide);

    private static Task<Decided<Account>> HandleAsync(StoreInstance instance, Guid id, Guid message) =>
        instance.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(2)),
            with: (batch, _) => batch.Guard(new NpgsqlBatchCommand(
                $"insert into otc_inbox (consumer, message_id) values ('tests', '{message}')")));
}
