using System.Net;
using System.Text.Json;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>
/// Bands of 100 and 5,000 USD, a customer whose account is in EUR, and a rate of 1.10: 90 EUR are 99 USD, and 91 EUR
/// are 100.10 USD.
/// </summary>
public class BandsInOtherCurrencies(InvoicingApp app)
{
    /// <summary>INV-09, I-19: by what it is in the books, on every way on which a customer comes to owe less.</summary>
    [Fact]
    public async Task A_document_is_judged_by_its_booked_rate()
    {
        var (entity, customer) = await GuardedAsync();
        var (lost, credited, dear) = (
            await app.Client.IssueAsync(customer, 1_000), await app.Client.IssueAsync(customer, 1_000),
            await app.Client.IssueAsync(customer, 1_000));
        var (wrong, charge) = (await app.Client.IssueAsync(customer, 90),
            await app.Client.PostAsync("/v1/debit-memos", TestApi.Invoice(customer, 1_000)));
        // What the day's rate becomes later judges nothing that is booked.
        await app.Client.RateAsync(entity, "EUR", 50m, TestApi.Today);
        (string Path, object Body)[] free =
        [
            ($"/v1/invoices/{lost.Id}/write-offs", new { reason = "x", amount = "90" }),
            ($"/v1/invoices/{charge.Id}/waive", new { reason = "x", amount = "90" }),
            ("/v1/credit-memos", Memo(90)), ($"/v1/invoices/{wrong.Id}/void", new { reason = "x" }),
            ($"/v1/invoices/{dear.Id}/correct", new { reason = "x", lines = Lines(910) }),
        ];

        foreach (var (path, body) in free)
            ((int)(await app.Client.PostAsync(path, body)).Status).ShouldBeInRange(200, 201, path);

        (string Path, object Body)[] more =
        [
            ($"/v1/invoices/{lost.Id}/write-offs", new { reason = "x", amount = "1" }),
            ($"/v1/invoices/{charge.Id}/waive", new { reason = "x", amount = "1" }), ("/v1/credit-memos", Memo(1)),
        ];
        foreach (var (path, body) in more)
        {
            var waiting = (await app.Client.PostAsync(path, body)).ShouldBe(HttpStatusCode.Accepted);
            (Money(waiting, "amount"), Money(waiting, "inBooks"), waiting["needed"].GetInt32())
                .ShouldBe(("1.00 EUR", "100.10 USD", 1));
        }

        object Memo(decimal amount) =>
            new { customerId = customer, reason = "price", invoiceId = credited.Id, lines = Lines(amount) };
    }

    [Fact]
    public async Task A_refund_is_judged_by_the_rate_of_its_credit_memo()
    {
        var (_, customer) = await GuardedAsync();
        object request = new { customerId = customer, reason = "goodwill", lines = Lines(90) };
        var memo = (await app.Client.PostAsync("/v1/credit-memos", request)).ShouldBe(HttpStatusCode.Created);

        (await app.Client.PostAsync($"/v1/credit-memos/{memo.Id}/refunds", new { reason = "x", reference = "E2E-1" }))
            .ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>Who asks for it chooses its date, and none by which it passes a band that today it would not.</summary>
    [Fact]
    public async Task A_credit_memo_on_account_is_judged_by_the_higher_rate_of_its_day_and_today()
    {
        var (entity, customer) = await GuardedAsync();
        await app.Client.RateAsync(entity, "EUR", 1.05m, TestApi.Today.AddDays(-1));
        object request = new
        {
            customerId = customer,
            reason = "goodwill",
            lines = Lines(91),
            creditDate = TestApi.Today.AddDays(-1),
        };

        var waiting = (await app.Client.PostAsync("/v1/credit-memos", request)).ShouldBe(HttpStatusCode.Accepted);

        (Money(waiting, "inBooks"), waiting["needed"].GetInt32()).ShouldBe(("100.10 USD", 1));
    }

    [Fact]
    public async Task Due_dates_and_agreed_dates_are_judged_so_too_and_without_a_rate_by_the_highest_band()
    {
        var (entity, customer) = await GuardedAsync();
        var (small, large) = (await app.Client.IssueAsync(customer, 90), await app.Client.IssueAsync(customer, 91));
        object later = new
        {
            reason = "x",
            source = "payment-plan",
            reference = "PLAN-9",
            installments = new[] { new { installment = 1, dueDate = TestApi.Today.AddDays(90) } },
        };

        (await app.Client.PostAsync($"/v1/invoices/{small.Id}/reschedule", later)).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"/v1/invoices/{large.Id}/reschedule", later))
            .ShouldBe(HttpStatusCode.Conflict, "approval-required");
        (await ScheduleAsync(customer, 90)).ShouldBe(HttpStatusCode.Created);
        (await ScheduleAsync(customer, 91)).ShouldBe(HttpStatusCode.Accepted)["needed"].GetInt32().ShouldBe(1);
        var unknown = await app.Client.RegisterAsync(entity, "No rate", "GBP");
        var highest = (await ScheduleAsync(unknown, 1)).ShouldBe(HttpStatusCode.Accepted);
        (highest["needed"].GetInt32(), highest["inBooks"].ValueKind).ShouldBe((2, JsonValueKind.Null));
    }

    private Task<Answer> ScheduleAsync(Guid customerId, decimal amount) =>
        app.Client.PostAsync("/v1/billing-schedules", new
        {
            customerId,
            name = "As agreed",
            plan = new { dates = new[] { new { billOn = TestApi.Today.AddDays(5), lines = Lines(amount) } } },
        });

    private static object[] Lines(decimal amount) =>
        [new { description = "x", quantity = "1", unitPrice = $"{amount}" }];

    private static string Money(Answer answer, string property) =>
        $"{answer[property].GetProperty("amount").GetString()} {answer[property].GetProperty("currency").GetString()}";

    private async Task<(string Entity, Guid Customer)> GuardedAsync()
    {
        var entity = await app.EntityAsync();
        string[] kinds =
        [
            "credit-memo", "write-off", "waiver", "refund", "terms", "payment-plan", "billing-schedule",
        ];
        var rules = kinds.SelectMany(kind => new object[]
        {
            new { kind, upTo = "100", approvals = 0 }, new { kind, upTo = "5000", approvals = 1, role = "ar-manager" },
            new { kind, upTo = (string?)null, approvals = 2, role = "controller" },
        });
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        await app.Client.RateAsync(entity, "EUR", 1.10m, TestApi.Today);
        return (entity, await app.Client.RegisterAsync(entity, currency: "EUR"));
    }
}
