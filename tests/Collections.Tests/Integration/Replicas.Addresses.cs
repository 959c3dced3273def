using System.Net;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Integration;

/// <summary>Whose address it was that a statement did not reach.</summary>
public sealed partial class Replicas
{
    [Fact]
    public async Task a_statement_that_came_back_says_nothing_of_an_address_that_is_newer()
    {
        var story = await Story.BeginAsync(app);
        var ana = new Contact("Ana Ruiz", "accounts-payable", "old@globex.example", null, null, Story.NewId());
        var customer = await story.CustomerWithAsync(ana);
        await story.ChangeAsync(customer, 5, [ana with { Email = "new@globex.example" }]);

        await HandledAsync(story, new StatementAddressFailed(
            Story.NewId(), story.Entity, customer, ana.Id, "550", CustomerVersion: 4));

        (await FailedAsync(story, customer)).ShouldBe(0);
        (await TasksAsync(story, customer, "Mail to the customer came back.%")).ShouldBe(1);
        await HandledAsync(story, new StatementAddressFailed(
            Story.NewId(), story.Entity, customer, ana.Id, "550", CustomerVersion: 5));
        (await FailedAsync(story, customer)).ShouldBe(1);
        (await TasksAsync(story, customer, "Mail to new@globex.example came back.%")).ShouldBe(1);
    }

    [Fact]
    public async Task a_statement_that_came_back_before_its_address_was_restored_does_not_fail_it_again()
    {
        var story = await Story.BeginAsync(app);
        var ana = new Contact("Ana Ruiz", "accounts-payable", "fixed@globex.example", null, null, Story.NewId());
        var (customer, message) = (await story.CustomerWithAsync(ana), Story.NewId());
        var failed = new StatementAddressFailed(Story.NewId(), story.Entity, customer, ana.Id, "550", 1);
        await story.TellAsync(failed, 3, message);
        await story.KnowsAsync($"select count(*) from failed_addresses where customer_id = '{customer}'");
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync(
                $"/v1/collections/customers/{customer}/restored-addresses",
                new { address = "fixed@globex.example", reason = "They fixed it." }),
            HttpStatusCode.OK);

        await ExecuteAsync($"delete from otc_inbox where message_id = '{message}'");
        await story.TellAsync(failed, 3, message);
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{message}'");

        (await FailedAsync(story, customer)).ShouldBe(0);
        (await TasksAsync(story, customer, "%")).ShouldBe(1);
    }

    /// <summary>Every change of a customer is told whole, whatever it is.</summary>
    [Fact]
    public async Task a_statement_that_came_back_fails_an_address_that_has_stayed_when_the_customer_changed()
    {
        var story = await Story.BeginAsync(app);
        var ana = new Contact("Ana Ruiz", "accounts-payable", "Same@globex.example", null, null, Story.NewId());
        var customer = await story.CustomerWithAsync(ana);
        await story.ChangeAsync(customer, 6, [ana with { Phone = "+15550100", Email = "same@globex.example" }]);

        await HandledAsync(story, new StatementAddressFailed(
            Story.NewId(), story.Entity, customer, ana.Id, "550", CustomerVersion: 5));

        (await FailedAsync(story, customer)).ShouldBe(1);
    }

    [Fact]
    public async Task a_statement_that_came_back_fails_no_address_that_is_older_than_it()
    {
        var story = await Story.BeginAsync(app);
        var ana = new Contact("Ana Ruiz", "accounts-payable", "first@globex.example", null, null, Story.NewId());
        var customer = await story.CustomerWithAsync(ana);

        await HandledAsync(story, new StatementAddressFailed(
            Story.NewId(), story.Entity, customer, ana.Id, "550", CustomerVersion: 2));

        (await FailedAsync(story, customer)).ShouldBe(0);
        (await TasksAsync(story, customer, "Mail to the customer came back.%")).ShouldBe(1);
    }

    /// <summary>It waited in the error queue, while a notice came back and the address was put right.</summary>
    [Fact]
    public async Task a_statement_that_came_back_says_nothing_of_an_address_that_was_restored_before_it_is_heard()
    {
        var story = await Story.BeginAsync(app);
        var ana = new Contact("Ana Ruiz", "accounts-payable", "late@globex.example", null, null, Story.NewId());
        var (customer, message) = (await story.CustomerWithAsync(ana), Story.NewId());
        var (path, address) = ($"/v1/collections/customers/{customer}", ana.Email);
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync($"{path}/failed-addresses", new { address, detail = "550" }), HttpStatusCode.OK);
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync($"{path}/restored-addresses", new { address, reason = "Fixed." }), HttpStatusCode.OK);

        var failed = new StatementAddressFailed(Story.NewId(), story.Entity, customer, ana.Id, "550", 1);
        await story.TellAsync(failed, 3, message, app.Clock.GetUtcNow().AddHours(-1));
        await story.KnowsAsync($"select count(*) from otc_inbox where message_id = '{message}'");

        (await FailedAsync(story, customer)).ShouldBe(0);
        var task = Ids.From("statement-bounce", $"{message:D}");
        (await story.ScalarAsync<long>($"select count(*) from tasks where id = '{task}'")).ShouldBe(0);
        await story.TellAsync(failed, 4, at: app.Clock.GetUtcNow().AddSeconds(2));
        await story.KnowsAsync($"select count(*) from failed_addresses where customer_id = '{customer}'");
    }

    private static Task<long> FailedAsync(Story story, Guid customer) =>
        story.ScalarAsync<long>($"select count(*) from failed_addresses where customer_id = '{customer}'");

    private static Task<long> TasksAsync(Story story, Guid customer, string text) => story.ScalarAsync<long>(
        $"select count(*) from tasks where customer_id = '{customer}' and text like '{text}'");
}
