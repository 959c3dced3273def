using System.Net;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Collections.Worklists;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Http;

public sealed partial class Worklist
{
    private static readonly PreDuePolicy Big = new(20, [Money.Of(50, "USD"), Money.Of(40, "EUR")]);

    /// <summary>COL-01: only where the policy says so, and only what may be asked for and is not in the bank.</summary>
    [Fact]
    public async Task big_items_about_to_fall_due_are_to_be_reminded_of()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("soon@globex.example");
        await story.InvoiceAsync(customer, -3, 500);
        foreach (var (days, amount, currency) in new[] { (-3, 49, "USD"), (-21, 500, "USD"), (-3, 500, "JPY") })
            await story.InvoiceAsync(await story.CustomerAsync(), days, amount, currency: currency);
        foreach (var kind in new[] { "cease-and-desist", "dunning-block" })
            await HeldAsync(story, kind);
        var paying = await story.CustomerAsync();
        await story.InvoiceAsync(paying, -3, 500);
        await story.ReceiveAsync(500, new LikelyPayer(paying, 0.80m));
        (await story.WorklistAsync()).Items.ShouldBeEmpty();

        var defined = (await DefineAsync(story, Big))!;
        defined.Days.ShouldBe(20);
        defined.Amounts.ShouldBe(Big.Amounts);

        var row = (await story.WorklistAsync()).Items.ShouldHaveSingleItem();
        var due = app.Clock.Today.AddDays(3);
        (row.CustomerId, row.Overdue.Amount, row.Items, row.OldestDaysOverdue).ShouldBe((customer, 0, 0, 0));
        (row.PreDue!.Items, row.PreDue.FirstDue).ShouldBe((1, due));
        row.PreDue.Amounts.ShouldBe([Money.Of(500, "USD")]);
        row.NextAction.ShouldBe(new NextAction(
            "remind", $"Remind of what falls due from {due:yyyy-MM-dd} on: call, or write ahead of it."));
        row.Reasons.ShouldContain($"500.00 USD about to fall due on 1 big item, the first on {due:yyyy-MM-dd}.");
        await story.PostAsync(
            $"/v1/collections/worklist/{customer}/done",
            new { note = "They know.", until = app.Clock.Today.AddDays(2) });
        (await story.WorklistAsync()).Items.ShouldBeEmpty();
        app.Clock.Days += 2;
        await TestKit.Eventually.Becomes(
            async () => (await story.WorklistAsync()).Items.Count, count => count == 1, "it is back");
        app.Clock.Days += 2;
        row = await TestKit.Eventually.Becomes(
            async () => (await story.WorklistAsync()).Items.Single(one => one.CustomerId == customer),
            one => one.PreDue is null, "it is overdue");
        (row.Overdue.Amount, row.NextAction.Code).ShouldBe((500, "send-notice"));
        await DefineAsync(story, null);
        (await story.WorklistAsync()).Items.ShouldAllBe(one => one.PreDue == null && one.Items > 0);
    }

    private async Task HeldAsync(Story story, string kind)
    {
        var customer = await story.CustomerAsync();
        await story.InvoiceAsync(customer, -3, 500);
        await Story.ReadAsync<HoldView>(
            await story.PostAsync("/v1/collections/holds", new
            {
                customerId = customer,
                kind,
                reason = "As told.",
                until = app.Clock.Today.AddDays(30),
            }),
            HttpStatusCode.Created);
    }

    private static async Task<PreDuePolicy?> DefineAsync(Story story, PreDuePolicy? preDue) =>
        (await story.PutAsync<PolicyView>(
            $"/v1/collections/policies/{story.Entity}",
            new { worklist = StandardPolicy.Weights with { PreDue = preDue } })).Worklist.PreDue;

    /// <summary>D-50 with big items about to fall due: whoever has some is listed too, and nobody else.</summary>
    private async Task PreDueEqualsBruteForceAsync(
        Story story, IReadOnlyList<(OpenItem Item, decimal Left)> items, IReadOnlyList<WorklistRow> listed,
        Func<Guid, (decimal Chance, decimal Trouble)> weigh)
    {
        var today = app.Clock.Today;
        items = [.. items, (await story.InvoiceAsync(await story.CustomerAsync(), -5, 300), 300)];
        var soon = items
            .Where(one => one.Item.DueDate >= today && one.Item.DueDate <= today.AddDays(20)
                && one.Left >= (one.Item.Balance.Currency == "EUR" ? 40 : 50))
            .ToLookup(one => one.Item.CustomerId);
        var before = listed.ToDictionary(row => row.CustomerId);
        soon.Count(one => before.ContainsKey(one.Key)).ShouldBePositive("some are overdue with something else");
        soon.Count(one => !before.ContainsKey(one.Key)).ShouldBePositive("some are listed for that alone");
        var expected = soon.Select(one => one.Key).Union(before.Keys).ToDictionary(id => id, RankOf);

        await DefineAsync(story, Big);
        var rows = await PagesAsync(story, 3);

        rows.Select(row => row.Rank).ShouldBe(expected.Values.OrderDescending());
        rows.ToDictionary(row => row.CustomerId, row => row.Rank).ShouldBe(expected, ignoreOrder: true);
        foreach (var row in rows)
        {
            (row.PreDue?.Items ?? 0).ShouldBe(soon[row.CustomerId].Count());
            (row.PreDue?.Amounts.Sum(one => one.Amount) ?? 0).ShouldBe(soon[row.CustomerId].Sum(one => one.Left));
        }

        decimal RankOf(Guid id)
        {
            var coming = soon[id].Sum(one => one.Left * (one.Item.Balance.Currency == "EUR" ? 1.25m : 1));
            var (overdue, days) = before.TryGetValue(id, out var row)
                ? (row.Overdue.Amount, row.OldestDaysOverdue)
                : (0, 0);
            var (chance, trouble) = weigh(id);
            return decimal.Round(((overdue * (1 + (Math.Min(days, 180) / 90m))) + coming) * chance * trouble, 4);
        }
    }
}
