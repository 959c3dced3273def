namespace OrderToCash.EventSourcing.Tests.Deciding;

/// <summary>One decision holds the stream while others come.</summary>
public sealed class Decisions_that_wait_for_one_stream(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task are_made_one_on_the_other_and_share_a_transaction()
    {
        var id = await _store.OpenAsync(balance: 10);
        var decided = await BehindAnotherAsync(id, () => Enumerable.Range(1, 5).Select(_ => _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, account => Account.Withdraw(account, 4))));

        decided.Select(outcome => outcome.Status).ShouldBe(
            [DecideStatus.Done, DecideStatus.Done, DecideStatus.Refused, DecideStatus.Refused, DecideStatus.Refused]);
        decided.Select(outcome => outcome.Version).ShouldBe([4, 5, 5, 5, 5]);
        decided.Select(outcome => outcome.State.Balance).ShouldBe([7, 3, 3, 3, 3]);
        (await database.BalanceAsync(id)).ShouldBe(3);
        (await database.ScalarAsync<long>(
            "select count(distinct xmin::text) from mt_events where stream_id = $1 and version > 3", id)).ShouldBe(1);
    }

    [Fact]
    public async Task keep_their_own_metadata()
    {
        var id = await _store.OpenAsync();
        await BehindAnotherAsync(id, () => new[] { "ana", "ben" }.Select(by => _store.Store.DecideAsync(
            Account.Stream, id, new EventMetadata(by), _ => Decision.Of(new Deposited(1)))));

        (await _store.Store.HistoryAsync(id)).Select(e => e.Metadata.By).ShouldBe(["tester", "tester", "ana", "ben"]);
    }

    [Fact]
    public async Task name_the_version_that_the_one_before_leaves()
    {
        var id = await _store.OpenAsync();
        var decided = await BehindAnotherAsync(id, () => new long[] { 2, 2, 3 }.Select(seen => _store.Store.DecideAsync(
            Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)), seen)));

        decided.Select(outcome => outcome.Status)
            .ShouldBe([DecideStatus.Done, DecideStatus.WrongVersion, DecideStatus.Done]);
    }

    [Fact]
    public async Task do_not_suffer_from_one_that_was_handled_before()
    {
        var (id, messages) = (await _store.OpenAsync(), Enumerable.Range(0, 4).Select(_ => Some.Id()).ToArray());
        await HandleAsync(id, messages[2]);

        var decided = await BehindAnotherAsync(id, () => messages.Select(message => HandleAsync(id, message)));

        decided.Select(outcome => outcome.Status).ShouldBe(
            [DecideStatus.Done, DecideStatus.Done, DecideStatus.AlreadyHandled, DecideStatus.Done]);
        (await database.BalanceAsync(id)).ShouldBe(5);
        (await database.ScalarAsync<long>(
            "select count(*) from otc_inbox where message_id = any($1)", messages)).ShouldBe(4);
    }

    [Fact]
    public async Task do_not_suffer_from_one_that_fails()
    {
        var id = await _store.OpenAsync();
        Task<Decided<Account>> failing = null!;
        var decided = await BehindAnotherAsync(id, () =>
        {
            failing = _store.Store.DecideAsync(
                Account.Stream, id, Some.Metadata, _ => throw new InvalidOperationException("a defect"));
            return [_store.Store.DecideAsync(
                Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)))];
        });

        decided.ShouldHaveSingleItem().Status.ShouldBe(DecideStatus.Done);
        (await Should.ThrowAsync<InvalidOperationException>(failing)).Message.ShouldBe("a defect");
    }

    [Fact]
    public async Task may_be_given_up()
    {
        var id = await _store.OpenAsync();
        using var patience = new CancellationTokenSource();
        Task<Decided<Account>> impatient = null!;
        var decided = await BehindAnotherAsync(id, () =>
        {
            impatient = _store.Store.DecideAsync(
                Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)),
                cancellation: patience.Token);
            patience.Cancel();
            return [_store.Store.DecideAsync(
                Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)))];
        });

        decided.ShouldHaveSingleItem().Status.ShouldBe(DecideStatus.Done);
        await Should.ThrowAsync<OperationCanceledException>(impatient);
    }

    private Task<Decided<Account>> HandleAsync(Guid id, Guid message) => _store.Store.DecideAsync(
        Account.Stream, id, Some.Metadata, _ => Decision.Of(new Deposited(1)),
        with: (batch, _) => batch.Guard(new NpgsqlBatchCommand(
            $"insert into otc_inbox (consumer, message_id) values ('tests', '{message}')")));

    /// <summary>A deposit of one unit is being decided on; meanwhile these come; then it goes on.</summary>
    private async Task<Decided<Account>[]> BehindAnotherAsync(
        Guid id, Func<IEnumerable<Task<Decided<Account>>>> others)
    {
        using var goOn = new ManualResetEventSlim();
        var isDeciding = new TaskCompletionSource();
        var first = Task.Run(() => _store.Store.DecideAsync(Account.Stream, id, Some.Metadata, _ =>
        {
            isDeciding.TrySetResult();
            goOn.Wait();
            return Decision.Of(new Deposited(1));
        }));
        await isDeciding.Task;
        var waiting = others().ToArray();
        goOn.Set();
        (await first).Status.ShouldBe(DecideStatus.Done);
        return await Task.WhenAll(waiting);
    }
}
