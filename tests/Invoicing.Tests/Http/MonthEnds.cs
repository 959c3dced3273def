using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Invoicing.Periods;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class MonthEnds(InvoicingApp app)
{
    private static readonly Period Last = Period.Of(TestApi.Today).Previous;

    [Fact]
    public async Task The_allowance_is_brought_to_what_the_matrix_asks_for_once_and_the_checklist_knows()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 1_000, Last.FirstDay);
        var old = await app.Client.IssueAsync(customer, 2_000, Last.LastDay.AddDays(-75));
        await app.Client.PostAsync("/v1/deposits", new
        {
            customerId = customer,
            invoiceDate = Last.FirstDay,
            lines = new[] { new { description = "Ahead", quantity = "1", unitPrice = "500" } },
        });
        var (path, list) = ($"/v1/periods/{entity}/{Last}/provision", $"/v1/periods/{entity}/{Last}/checklist");
        (await app.Client.ReadAsync(path)).ShouldBe(HttpStatusCode.Conflict, "no-loss-rates");
        object[] lossRates =
            [new { upTo = 0, percent = "1" }, new { upTo = 30, percent = "5" }, new { percent = "20" }];
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/month-end-policy", new { lossRates }))
            .ShouldBe(HttpStatusCode.OK);

        // 1,000 are not overdue, 2,000 are so for 45 days: 10 + 400.
        Money(await app.Client.ReadAsync(path), "change").ShouldBe(410m);
        (await CheckAsync(list, "allowance-provided")).ShouldBe("failed");
        var posted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.Client.PostAsync(path, new { })));
        foreach (var answer in posted)
            Money(answer.ShouldBe(HttpStatusCode.OK), "change").ShouldBe(0m);
        (await CheckAsync(list, "allowance-provided")).ShouldBe("passed");

        // What is written off comes out of the allowance; then it is made good for what is still open.
        (await app.Client.PostAsync(
            $"/v1/invoices/{old.Id}/write-offs", new { reason = "x", amount = "300", postingDate = Last.LastDay }))
            .ShouldBe(HttpStatusCode.OK);
        Money(await app.Client.ReadAsync(path), "change").ShouldBe(10m + (1_700m * 0.2m) - 110m);
        Money((await app.Client.PostAsync(path, new { reason = "month end" })).ShouldBe(HttpStatusCode.OK), "allowance")
            .ShouldBe(350m);

        var entries = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<Contracts.Invoicing.V1.JournalEntryPosted>($"ALW-{entity}-{Last}")),
            all => all.Count == 2, "both entries are published");
        entries.Select(entry => entry.Lines.Single(line => line.Role == "bad-debt-expense").Debit.Amount).Order()
            .ShouldBe([240m, 410m]);
        entries.ShouldAllBe(entry => entry.Kind == "provisioned" && entry.PostingDate == Last.LastDay);
        (await app.Client.ReadAsync($"/v1/legal-entities/{entity}/allowance/history"))["items"].GetArrayLength()
            .ShouldBe(2);
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Last.Next.Next}/provision", new { }))
            .ShouldBe(HttpStatusCode.Conflict, "period-not-over");
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task The_allowance_is_of_what_each_customer_owes_and_no_credit_of_another_lowers_it()
    {
        var entity = await app.EntityAsync();
        var (debtor, duplicate, other) = (await app.Client.RegisterAsync(entity),
            await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity));
        await app.Client.IssueAsync(debtor, 1_000, Last.LastDay);
        foreach (var (customerId, unitPrice) in new[] { (other, "700"), (duplicate, "100") })
        {
            var lines = new[] { new { description = "Goodwill", quantity = "1", unitPrice } };
            (await app.Client.PostAsync(
                "/v1/credit-memos", new { customerId, reason = "goodwill", creditDate = Last.LastDay, lines }))
                .ShouldBe(HttpStatusCode.Created);
        }

        object[] lossRates = [new { upTo = 0, percent = "1" }, new { percent = "20" }];
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/month-end-policy", new { lossRates }))
            .ShouldBe(HttpStatusCode.OK);
        var path = $"/v1/periods/{entity}/{Last}/provision";

        Money(await app.Client.ReadAsync(path), "target").ShouldBe(10m);

        // Who is one customer has one account.
        (await app.Client.PostAsync($"/v1/customers/{duplicate}/merge", new { survivorId = debtor, reason = "one" }))
            .ShouldBe(HttpStatusCode.OK);
        Money(await app.Client.ReadAsync(path), "target").ShouldBe(9m);
    }

    [Fact]
    public async Task Large_changes_are_commented_on_and_the_comments_are_kept_with_the_close()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 1_000, Last.Previous.FirstDay);
        await app.Client.IssueAsync(customer, 1_050, Last.FirstDay.AddYears(-1));
        await app.Client.IssueAsync(customer, 1_200, Last.FirstDay);
        var (path, close) = ($"/v1/periods/{entity}/{Last}/flux", $"/v1/periods/{entity}/{Last}/close");
        (await app.Client.ReadAsync(path))["lines"].EnumerateArray().Count(IsLarge).ShouldBe(0);
        var known = $"{path}?knownAt={Uri.EscapeDataString($"{TimeProvider.System.GetUtcNow():O}")}";
        var before = await app.Client.ReadAsync(known);
        var late = (await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 7, Last.FirstDay)))
            .ShouldBe(HttpStatusCode.Created);
        (await app.Client.ReadAsync(known)).Text.ShouldBe(before.Text);
        (await app.Client.ReadAsync(path)).Text.ShouldContain("1207.00");
        (await app.Client.PostAsync(
            $"/v1/invoices/{late.Id}/void", new { reason = "wrong", postingDate = Last.FirstDay }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.PutAsync(
            $"/v1/legal-entities/{entity}/month-end-policy",
            new { lossRates = Array.Empty<object>(), flux = new { percent = "15", amount = "100" } }))
            .ShouldBe(HttpStatusCode.OK)["flux"].GetProperty("percent").GetString().ShouldBe("15");

        var revenue = (await app.Client.ReadAsync(path))["lines"].EnumerateArray()
            .Single(line => line.GetProperty("role").GetString() == "revenue");

        // 200 more than the 1,000 before are above 15 %; 150 more than a year ago are not.
        (Amount(revenue, "now"), Amount(revenue.GetProperty("priorPeriod"), "change")).ShouldBe((-1_200m, -200m));
        revenue.GetProperty("priorPeriod").GetProperty("isLarge").GetBoolean().ShouldBeTrue();
        revenue.GetProperty("priorYear").GetProperty("isLarge").GetBoolean().ShouldBeFalse();
        (await app.Client.ReadAsync(path, "text/csv")).Text.ShouldContain("revenue,-1200.00,-1000.00,-200.00,-20.0");
        (await CheckAsync($"/v1/periods/{entity}/{Last}/checklist", "changes-explained")).ShouldBe("not-known");
        (await app.Client.PostAsync(close, new { })).ShouldBe(HttpStatusCode.Conflict, "close-check-failed");
        object[] comments =
        [
            new { role = "revenue", comment = "Price rise of October" },
            new { role = "receivables", comment = "Follows revenue" },
        ];
        (await app.Client.PostAsync(close, new { comments = comments[..1] }))
            .ShouldBe(HttpStatusCode.Conflict, "close-check-failed");
        (await app.Client.PostAsync(close, new { comments = new[] { new { role = "revenue", comment = "" } } }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await app.Client.PostAsync(
            close, new { comments = comments.Append(new { role = "tax", comment = "Is as it was" }) }))
            .ShouldBe(HttpStatusCode.Conflict, "close-check-failed");
        (await app.Client.PostAsync(close, new { comments })).ShouldBe(HttpStatusCode.OK);

        var kept = (await app.Client.ReadAsync($"/v1/periods/{entity}/history"))["items"][0].GetProperty("data")
            .GetProperty("evidence").EnumerateArray()
            .Single(check => check.GetProperty("code").GetString() == "changes-explained");
        kept.GetProperty("result").GetString().ShouldBe("passed");
        kept.GetProperty("evidence").GetString()!.ShouldContain("Price rise of October");
    }

    [Fact]
    public async Task Cash_that_is_not_applied_is_judged_by_what_the_policy_lets_be()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var list = $"/v1/periods/{entity}/{Last}/checklist";
        (await CheckAsync(list, "cash-applied")).ShouldBe("passed");
        await app.Bus.PublishAsync(Messages.ReceiptPosted(entity, customer, 25, Last.LastDay));
        await Eventually.BecomesTrue(
            async () => await CheckAsync(list, "cash-applied") == "not-known", "cash is known, and no limit");

        foreach (var (unappliedCash, result) in new[] { ("24.99", "failed"), ("25", "passed"), ("0", "failed") })
        {
            (await app.Client.PutAsync(
                $"/v1/legal-entities/{entity}/month-end-policy",
                new { lossRates = Array.Empty<object>(), unappliedCash })).ShouldBe(HttpStatusCode.OK);
            (await CheckAsync(list, "cash-applied")).ShouldBe(result);
        }
    }

    [Fact]
    public async Task Cash_is_complete_when_the_statements_of_all_accounts_cover_the_last_day()
    {
        var entity = await app.EntityAsync();
        var list = $"/v1/periods/{entity}/{Last}/checklist";
        await app.Bus.PublishAsync(Booked($"{entity}-B", Last.LastDay.AddDays(2)));
        await app.Bus.PublishAsync(new BankAccountDefined($"{entity}-C", entity, "USD"));
        (await CheckAsync(list, "cash-complete")).ShouldBe("not-known");

        await app.Bus.PublishAsync(new BankAccountDefined($"{entity}-A", entity, "USD"));
        await app.Bus.PublishAsync(Booked($"{entity}-A", Last.LastDay.AddDays(-1)));
        await IsAsync("failed");
        (await app.Client.ReadAsync(list)).Text.ShouldContain($"{Last.LastDay.AddDays(-1):yyyy-MM-dd} ({entity}-A)");
        await app.Bus.PublishAsync(Booked($"{entity}-A", Last.LastDay));
        await IsAsync("passed");

        // What is told late of a day before changes nothing; an account whose statements come later counts, too.
        await app.Bus.PublishAsync(Booked($"{entity}-A", Last.FirstDay));
        await app.Bus.PublishAsync(Booked($"{entity}-D", Last.FirstDay));
        await app.Bus.PublishAsync(new BankAccountDefined($"{entity}-D", entity, "USD"));
        await IsAsync("failed");
        (await app.Client.ReadAsync(list)).Text.ShouldContain($"through {Last.FirstDay:yyyy-MM-dd} ({entity}-D).");

        // What was closed has no statements after its last day, and until then it must have all.
        await app.Bus.PublishAsync(
            new BankAccountDefined($"{entity}-D", entity, "USD", Last.FirstDay.AddDays(1)), version: 2);
        await IsAsync("failed");
        await app.Bus.PublishAsync(new BankAccountDefined($"{entity}-D", entity, "USD", Last.FirstDay), version: 3);
        await app.Bus.PublishAsync(
            new BankAccountDefined($"{entity}-C", entity, "USD", Last.FirstDay.AddDays(-1)), version: 2);
        await IsAsync("passed");
        await Eventually.BecomesTrue(
            async () => !(await app.Client.ReadAsync(list)).Text.Contains("Without any", StringComparison.Ordinal),
            "who has ended without statements is not asked for any");

        // A statement beyond the day on which it is said to be closed: it goes on, and is behind.
        await app.Bus.PublishAsync(Booked($"{entity}-D", Last.LastDay.AddDays(-1)));
        await IsAsync("failed");

        Task IsAsync(string result) => Eventually.BecomesTrue(
            async () => await CheckAsync(list, "cash-complete") == result, $"it is {result}");

        static StatementBooked Booked(string account, DateOnly lastDay) => new(
            account, Some.NewId(), "ST-1", null, lastDay, null, new MoneyAmount(0, "USD"));
    }

    [Fact]
    public async Task An_account_of_which_nobody_has_said_whose_it_is_leaves_it_open_whether_cash_is_complete()
    {
        var entity = await app.EntityAsync();
        var list = $"/v1/periods/{entity}/{Last}/checklist";
        var (own, strange) = ($"{entity}-OWN", $"{entity}-STRANGE");
        await app.Bus.PublishAsync(new BankAccountDefined(own, entity, "USD"));
        await app.Bus.PublishAsync(new BankAccountDefined($"{entity}-MUTE", entity, "USD"));
        await app.Bus.PublishAsync(Booked(strange, Last.FirstDay));
        await app.Bus.PublishAsync(Booked(own, Last.LastDay));
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync(list)).Text.Contains($"({own})", StringComparison.Ordinal),
            "the statement is in");

        (await app.Client.ReadAsync(list)).Text.ShouldContain($"nobody has said whose: {strange}");
        (await app.Client.ReadAsync(list)).Text.ShouldContain($"Without any statement: {entity}-MUTE");
        (await CheckAsync(list, "cash-complete")).ShouldBe("not-known");
        await app.Bus.PublishAsync(new BankAccountDefined(strange, $"{entity}X", "USD"));
        await Eventually.BecomesTrue(
            async () => await CheckAsync(list, "cash-complete") == "passed", "it is another entity's");

        static StatementBooked Booked(string account, DateOnly lastDay) => new(
            account, Some.NewId(), "ST-1", null, lastDay, null, new MoneyAmount(0, "USD"));
    }

    /// <summary>What was asked for since the month is over belongs to the next one; answers may come first.</summary>
    [Fact]
    public async Task An_allocation_that_was_asked_for_in_the_month_is_to_be_answered_before_it_is_closed()
    {
        var entity = await app.EntityAsync();
        var invoice = await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 100);
        var list = $"/v1/periods/{entity}/{Last}/checklist";
        var asked = Messages.Requested(Some.NewId(), invoice.Id, 30) with { LegalEntity = entity };
        var answered = asked with { AllocationId = Some.NewId() };
        await app.Bus.PublishAsync(Confirmed(answered));
        await app.Bus.PublishAsync(answered);
        await app.Bus.PublishAsync(asked);
        await KnownAsync(2);
        (await CheckAsync(list, "allocations-answered")).ShouldBe("passed");
        await ExecuteAsync("update asked_allocations set asked_at = asked_at - interval '2 months'", entity);

        (await CheckAsync(list, "allocations-answered")).ShouldBe("failed");
        (await app.Client.ReadAsync(list)).Text.ShouldContain("1 allocations were asked for and are not answered: 30");
        await app.Bus.PublishAsync(Confirmed(asked));
        await Eventually.BecomesTrue(
            async () => await CheckAsync(list, "allocations-answered") == "passed", "it is answered");
        await app.Bus.PublishAsync(Messages.ReversalRequested(asked.AllocationId, invoice.Id, 30));
        await Eventually.BecomesTrue(
            async () => await ExecuteAsync(
                "update asked_allocations set reversal_at = asked_at where reversal_at is not null", entity) == 1,
            "it is asked back");
        (await CheckAsync(list, "allocations-answered")).ShouldBe("failed");
        await app.Bus.PublishAsync(new AllocationReversed(
            asked.ReceiptId, asked.AllocationId, invoice.Id, 1, asked.Amount, asked.Balance));
        await Eventually.BecomesTrue(
            async () => await CheckAsync(list, "allocations-answered") == "passed", "it is taken back");

        Task KnownAsync(int count) => Eventually.BecomesTrue(
            async () => await ExecuteAsync("update asked_allocations set currency = currency", entity) == count,
            "cash application was heard");

        static AllocationConfirmed Confirmed(AllocationRequested asked) => new(
            asked.ReceiptId, asked.AllocationId, asked.InvoiceId, 1, asked.Amount, asked.Balance);
    }

    /// <summary>Of a legal entity alone; for how many rows.</summary>
    private async Task<int> ExecuteAsync(string update, string entity)
    {
        var where = update.Contains(" where ", StringComparison.Ordinal) ? "and" : "where";
        await using var command = app.Store.Database.CreateCommand($"{update} {where} legal_entity = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        return await command.ExecuteNonQueryAsync();
    }

    private static bool IsLarge(JsonElement line) =>
        line.GetProperty("priorPeriod").GetProperty("isLarge").GetBoolean()
        || line.GetProperty("priorYear").GetProperty("isLarge").GetBoolean();

    private async Task<string?> CheckAsync(string list, string code) =>
        (await app.Client.ReadAsync(list))["checks"].EnumerateArray()
            .Single(check => check.GetProperty("code").GetString() == code).GetProperty("result").GetString();

    private static decimal Money(Answer answer, string field) => Amount(answer.ShouldBe(HttpStatusCode.OK).Json, field);

    private static decimal Amount(JsonElement row, string field) => decimal.Parse(
        row.GetProperty(field).GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
}
