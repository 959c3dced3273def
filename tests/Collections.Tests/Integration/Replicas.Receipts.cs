using OrderToCash.Collections.Tests.Support;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Integration;

/// <summary>Whose the money of a receipt is.</summary>
public sealed partial class Replicas
{
    /// <summary>The last word does not name whom the one before it does, and the other way round.</summary>
    [Fact]
    public async Task money_has_the_owners_of_the_last_word_in_whichever_order_words_come()
    {
        var story = await Story.BeginAsync(app);
        var (sender, other) = (await story.CustomerAsync(), await story.CustomerAsync());
        ReceiptBalance[] words =
        [
            Story.Cash(sender, 100),
            Story.Cash(sender, 60) with { Shares = [new(sender, Story.Usd(20)), new(other, Story.Usd(40))] },
            Story.Cash(sender, 40) with { Shares = [new(other, Story.Usd(40))] },
            Story.Cash(sender, 10),
        ];
        var receipts = Orders(words.Length).Select(order => (Id: Story.NewId(), Order: order)).ToArray();

        for (var turn = 0; turn < words.Length; turn++)
        {
            var messages = receipts.Select(_ => Story.NewId()).ToArray();
            foreach (var (message, (id, order)) in messages.Zip(receipts))
            {
                var told = new ReceiptBalanceChanged(id, story.Entity, "transferred", Story.Usd(1), words[order[turn]]);
                await story.TellAsync(told, order[turn] + 1, message);
            }

            await Eventually.Becomes(
                () => story.ScalarAsync<long>(
                    $"select count(*) from otc_inbox where message_id in ({Quoted(messages)})"),
                count => count == messages.Length, "all are handled");
        }

        receipts.Length.ShouldBe(24);
        (await story.ScalarAsync<long>(
            $"select count(*) from receipt_shares where receipt_id in ({Quoted(receipts.Select(one => one.Id))}) " +
            $"and unapplied <> case when customer_id = '{sender}' then 10 else 0 end")).ShouldBe(0);
        (await story.ScalarAsync<decimal>(
            $"select sum(unapplied) from receipt_shares where customer_id = '{sender}'")).ShouldBe(240);
    }

    /// <summary>What an earlier version has written; a share of the last word is left alone.</summary>
    [Fact]
    public async Task money_that_an_overtaken_word_gave_away_is_taken_back_by_the_upgrade()
    {
        var story = await Story.BeginAsync(app);
        var (owner, other) = (await story.CustomerAsync(), await story.CustomerAsync());
        var receipt = Story.NewId();
        await HandledAsync(story, new ReceiptIdentified(receipt, story.Entity, owner, Story.Cash(owner, 70)), 9);
        await ExecuteAsync(
            "insert into receipt_shares (receipt_id, customer_id, currency, unapplied, version) " +
            $"values ('{receipt}', '{other}', 'USD', 40, 8)");

        await ExecuteAsync(await SchemaFileAsync("0037_shares_that_were_overtaken.sql"));

        (await OfAsync(owner), await OfAsync(other)).ShouldBe(("70 of 9", "0 of 9"));

        Task<string> OfAsync(Guid customer) => story.ScalarAsync<string>(
            "select trim_scale(unapplied) || ' of ' || version from receipt_shares " +
            $"where receipt_id = '{receipt}' and customer_id = '{customer}'");
    }

    /// <summary>A parent pays what its subsidiary owes; each word of it changes what that is asked for.</summary>
    [Fact]
    public async Task who_owes_an_item_is_looked_at_when_money_of_another_comes_and_when_it_does_not()
    {
        var story = await Story.BeginAsync(app);
        var (parent, item) = (await story.CustomerAsync(), await story.InvoiceAsync(await story.CustomerAsync(), 10));
        var (asked, allocations) = (
            story.Requested(item, Guid.Empty, 100) with { CustomerId = parent, Balance = Story.Cash(parent, 0) },
            new[] { Story.NewId(), Story.NewId() });
        PendingPaymentItem[] items = [new(Story.NewId(), item.InvoiceId, 1, item.InvoiceNumber, Story.Usd(100))];
        (await ListedAsync()).ShouldBeTrue();

        await HandledAsync(story, asked with { AllocationId = allocations[0] });
        (await ListedAsync()).ShouldBeFalse();
        await HandledAsync(story, new PaymentApplicationRejected(
            item.InvoiceId, 1, allocations[0], asked.ReceiptId, Story.Usd(100), "on-hold", "Not now."));
        (await ListedAsync()).ShouldBeTrue();

        await HandledAsync(story, asked with { AllocationId = allocations[1] }, 3);
        (await ListedAsync()).ShouldBeFalse();
        await HandledAsync(
            story,
            new AllocationRejected(
                asked.ReceiptId, allocations[1], item.InvoiceId, 1, Story.Usd(100), "taken-back", "Taken back.",
                asked.Balance),
            4);
        (await ListedAsync()).ShouldBeTrue();

        var today = app.Clock.Today;
        await HandledAsync(story, new PendingPaymentRecorded(
            Story.NewId(), story.Entity, "ach", "initiated", parent, Story.Usd(100), today, today.AddDays(10), items));
        (await ListedAsync()).ShouldBeFalse();
        await HandledAsync(story, new PendingPaymentEnded(
            Story.NewId(), story.Entity, "failed", null, Story.Usd(100), null, items));
        (await ListedAsync()).ShouldBeTrue();

        async Task<bool> ListedAsync() => (await story.WorklistAsync()).Items.Count > 0;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = app.Database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> SchemaFileAsync(string named)
    {
        var assembly = typeof(CollectionsService).Assembly;
        await using var file = assembly.GetManifestResourceStream(
            assembly.GetManifestResourceNames().Single(name => name.EndsWith(named, StringComparison.Ordinal)))!;
        using var sql = new StreamReader(file);
        return await sql.ReadToEndAsync();
    }

    private static string Quoted(IEnumerable<Guid> ids) => string.Join(", ", ids.Select(id => $"'{id}'"));

    /// <summary>All orders of this many things, each of which is known by its place.</summary>
    private static IEnumerable<int[]> Orders(int count) => count == 0
        ? [[]]
        : Orders(count - 1).SelectMany(order => Enumerable.Range(0, count)
            .Select(place => order.Take(place).Append(count - 1).Concat(order.Skip(place)).ToArray()));
}
