using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.EventSourcing.Tests.Projecting;

public sealed class An_inline_read_model(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly StoreInstance _store = database.Instance();

    [Fact]
    public async Task is_there_as_soon_as_the_events_are()
    {
        var id = await _store.OpenAsync(balance: 1500);
        var e = (await _store.Store.HistoryAsync(id))[^1];
        (await database.RowsAsync(
            "select balance, version, size, changed_at = $2 from account_balances where account_id = $1", id, e.At))
            .ShouldBe(["(1500,2,large,t)"]);
    }

    [Fact]
    public async Task is_written_in_the_transaction_of_the_append()
    {
        var id = await _store.OpenAsync();
        (await database.ScalarAsync<bool>(
            "select e.xmin::text = b.xmin::text from mt_events e " +
            "join account_balances b on b.account_id = e.stream_id where e.stream_id = $1", id)).ShouldBeTrue();
    }

    [Fact]
    public async Task that_fails_takes_the_append_back()
    {
        var broken = database.Instance(options => options.Inline(new AccountBalances()).Inline(new Broken()));
        var id = Some.Id();

        (await Should.ThrowAsync<PostgresException>(() => broken.AppendAsync(id, 0, new AccountOpened($"{id}"))))
            .SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);

        (await _store.Store.HistoryAsync(id)).ShouldBeEmpty();
        (await database.CountAsync($"mt_streams where id = '{id}'")).ShouldBe(0);
        (await database.CountAsync($"account_balances where account_id = '{id}'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("Not_plain")]
    [InlineData("drop table x; --")]
    [InlineData("")]
    public void has_a_plain_name(string name) => Should.Throw<ArgumentException>(() => new Named(name));

    private sealed class Broken : Projection
    {
        public Broken()
            : base("broken") =>
            On<AccountOpened>("select 1 / (cardinality($1) - 1)", row => row.Column(e => e.StreamId));
    }

    private sealed class Named(string name) : Projection("fine", name);
}
