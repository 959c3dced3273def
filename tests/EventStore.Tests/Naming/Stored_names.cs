namespace OrderToCash.EventSourcing.Tests.Naming;

public sealed class Stored_names(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private sealed record AmountPaidIn(int Cents);

    [Fact]
    public async Task of_the_past_are_read_as_the_type_of_today()
    {
        var id = await database.Instance().OpenAsync();
        await InsertAsync(id, "amount_paid_in", """{"Cents": 250}""");
        var store = database.Instance(options =>
            options.Types.Upcast<AmountPaidIn, Deposited>("amount_paid_in", old => new Deposited(old.Cents * 10)));

        var loaded = await store.Store.LoadAsync(Account.Stream, id);
        loaded.State.Balance.ShouldBe(2500);
        (await store.Store.HistoryAsync(id))[^1].ShouldSatisfyAllConditions(
            e => e.Type.ShouldBe("amount_paid_in"),
            e => e.Data.ShouldBe(new Deposited(2500)));

        await store.AppendAsync(id, 2, new Deposited(1));
        (await database.ScalarAsync<string>("select type from mt_events where stream_id = $1 and version = 3", id))
            .ShouldBe("deposited");
    }

    [Fact]
    public async Task that_nobody_knows_stop_the_reader_with_their_name()
    {
        var store = database.Instance();
        var id = await store.OpenAsync();
        await InsertAsync(id, "never_heard_of", "{}");

        (await Should.ThrowAsync<UnknownEventTypeException>(() => store.Store.LoadAsync(Account.Stream, id)))
            .Message.ShouldContain("never_heard_of");
    }

    [Theory]
    [InlineData("""{"Wrong": 1}""")]
    [InlineData("""{"Owner": null}""")]
    [InlineData("null")]
    public async Task with_data_of_another_shape_stop_the_reader(string data)
    {
        var store = database.Instance();
        var id = await store.OpenAsync();
        await InsertAsync(id, "account_opened", data);
        await Should.ThrowAsync<Exception>(() => store.Store.LoadAsync(Account.Stream, id));
    }

    /// <summary>As events of an unknown name do, they wait for an instance that can read them.</summary>
    [Theory]
    [InlineData("""{"Wrong": 1}""")]
    [InlineData("""{"Owner": null}""")]
    public async Task with_data_of_another_shape_are_of_a_newer_version(string data)
    {
        var store = database.Instance();
        var id = await store.OpenAsync();
        await InsertAsync(id, "account_opened", data);
        (await Should.ThrowAsync<UnknownEventTypeException>(() => store.Store.LoadAsync(Account.Stream, id)))
            .Message.ShouldContain("account_opened");
    }

    [Fact]
    public async Task are_needed_to_append()
    {
        var store = database.Instance();
        (await Should.ThrowAsync<InvalidOperationException>(() => store.AppendAsync(Some.Id(), 0, new AmountPaidIn(1))))
            .Message.ShouldContain(nameof(AmountPaidIn));
    }

    [Fact]
    public void are_given_once()
    {
        var types = Account.Register(new EventTypes());
        Should.Throw<ArgumentException>(() => types.Add<AccountOpened>("another"));
        Should.Throw<ArgumentException>(
            () => types.Upcast<AmountPaidIn, Deposited>("deposited", _ => new Deposited(1)));
    }

    [Fact]
    public void can_be_listed_for_a_services_approval_test()
    {
        var types = Account.Register(new EventTypes())
            .Upcast<AmountPaidIn, Deposited>("amount_paid_in", old => new Deposited(old.Cents));
        types.Names.ShouldBe(
            ["account_opened", "deposited", "withdrawn", "account_closed", "amount_paid_in"], ignoreOrder: true);
        types.Types[typeof(Deposited)].ShouldBe("deposited");
        types.Types.ContainsKey(typeof(AmountPaidIn)).ShouldBeFalse();
    }

    private Task InsertAsync(Guid stream, string type, string data) => database.ExecuteAsync(
        $"with moved as (update mt_streams set version = 2 where id = $1) " +
        $"insert into mt_events (id, stream_id, version, type, data) " +
        $"values (gen_random_uuid(), $1, 2, '{type}', '{data}')", stream);
}
