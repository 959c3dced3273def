using System.Net;
using Npgsql;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>What payments cost that did not hold (CASH-14).</summary>
public class ReturnedPayments(InvoicingApp app)
{
    [Fact]
    public async Task CASH14_B05_a_returned_payment_is_charged_once_is_owed_beside_the_principal_and_can_be_waived()
    {
        var (entity, customer) = await CustomerAsync();
        await ChargeAsync(entity, ("nsf", "USD", "35"), ("chargeback", "USD", "20"));
        var invoice = await app.Client.IssueAsync(customer, 100);
        var (receipt, allocation) = (Some.NewId(), Some.NewId());
        var returned = Reversed(receipt, entity, customer, "nsf", "R01");

        // Said again, under the same and under another identifier, to two consumers at the same time.
        var message = Some.NewId();
        for (var copy = 0; copy < 4; copy++)
        {
            await app.Bus.PublishAsync(returned, message, version: 3);
            await app.Bus.PublishAsync(returned, version: 3);
        }

        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 100));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
        var memo = await MemoAsync(customer, FeeOf(receipt));
        await Eventually.Passes(async () => (await app.Bus.CountAsync(ReturnedPaymentsConsumer.Queue)).ShouldBe(0u));
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength()
            .ShouldBe(1);
        (memo["kind"].GetString(), Amount(memo, "total"), Amount(memo, "balance"), memo["currency"].GetString())
            .ShouldBe(("debit-memo", "35.00", "35.00", "USD"));
        memo["lines"][0].GetProperty("description").GetString()
            .ShouldBe($"Fee for the payment of 100.00 USD that was returned on {TestApi.Today:yyyy-MM-dd} (nsf R01)");
        var entry = (await app.Client.ReadAsync($"/v1/journal-entries?sourceId={memo.Id}"))["items"][0];
        entry.GetProperty("kind").GetString().ShouldBe("debit-memo-issued");
        entry.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("role").GetString())
            .ShouldBe(["receivables", "finance-charges"]);
        (await app.Client.PostAsync($"/v1/invoices/{memo.Id}/waive", new { reason = "the bank's fault after all" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task CASH14_the_fee_is_in_the_currency_of_the_customer_and_waits_for_its_rate()
    {
        var (entity, customer) = await CustomerAsync("EUR");
        await ChargeAsync(entity, ("return", "USD", "35"), ("return", "EUR", "30"));
        var (receipt, message) = (Some.NewId(), Some.NewId());
        var returned = Reversed(receipt, entity, customer, "return", "AC04");

        await app.Bus.PublishAsync(returned, message, version: 2);

        await Eventually.Passes(async () =>
            (await app.Bus.CountAsync($"{ReturnedPaymentsConsumer.Queue}_error")).ShouldBe(1u));
        await app.Client.RateAsync(entity, "EUR", 1.1m, TestApi.Today);
        await app.Bus.PublishAsync(returned, message, version: 2);
        var memo = await MemoAsync(customer, FeeOf(receipt));
        (Amount(memo, "total"), memo["currency"].GetString()).ShouldBe(("30.00", "EUR"));
    }

    [Fact]
    public async Task CASH14_nothing_is_charged_where_it_is_off_for_an_error_nor_where_nobody_knows_who_paid()
    {
        var (entity, customer) = await CustomerAsync();
        var off = Reversed(Some.NewId(), entity, customer, "nsf", "R01");
        await app.Bus.PublishAsync(off, off.ReceiptId);
        await Eventually.Passes(async () => (await HandledAsync(off.ReceiptId)).ShouldBeTrue());
        await ChargeAsync(entity, ("nsf", "USD", "35"), ("return", "USD", "20"));
        ReceiptReversed[] free =
        [
            Reversed(Some.NewId(), entity, customer, "error", null),
            Reversed(Some.NewId(), entity, customer, "return", "R24"),
            Reversed(Some.NewId(), entity, customer, "chargeback", null),
            Reversed(Some.NewId(), entity, null, "nsf", "R01"),
            Reversed(Some.NewId(), entity, customer, "nsf", "R01") with { PostingDate = TestApi.Today.AddDays(-1) },
        ];

        foreach (var returned in free)
            await app.Bus.PublishAsync(returned, returned.ReceiptId);

        foreach (var returned in free)
            await Eventually.Passes(async () => (await HandledAsync(returned.ReceiptId)).ShouldBeTrue());
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}"))["items"].GetArrayLength().ShouldBe(0);
    }

    private async Task ChargeAsync(string entity, params (string Reason, string Currency, string Amount)[] fees)
    {
        var path = $"/v1/legal-entities/{entity}/automation-policy";
        var body = new
        {
            returnedPayments = new
            {
                fees = fees.Select(fee => new { reason = fee.Reason, currency = fee.Currency, amount = fee.Amount }),
            },
        };
        (await app.Client.PutAsync(path, body)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
        (await app.Client.ReadAsync(path))["returnedPayments"].GetProperty("fees")[0].GetProperty("since").GetString()
            .ShouldBe($"{TestApi.Today:O}");
    }

    private async Task<(string Entity, Guid Customer)> CustomerAsync(string currency = "USD")
    {
        var entity = await app.EntityAsync();
        return (entity, await app.Client.RegisterAsync(entity, currency: currency));
    }

    private async Task<Answer> MemoAsync(Guid customer, Guid id)
    {
        await Eventually.Passes(async () =>
            (await app.Client.ReadAsync($"/v1/invoices/{id}")).ShouldBe(HttpStatusCode.OK));
        var memo = await app.Client.ReadAsync($"/v1/invoices/{id}");
        memo["customerId"].GetGuid().ShouldBe(customer);
        return memo;
    }

    /// <summary>Whether a message was handled that has the identifier of its receipt.</summary>
    private async Task<bool> HandledAsync(Guid message)
    {
        await using var command = app.Store.Database.CreateCommand(
            "select exists (select 1 from otc_inbox where consumer = $1 and message_id = $2)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ReturnedPaymentsConsumer.Queue });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = message });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A receipt has one.</summary>
    private static Guid FeeOf(Guid receipt) => Ids.From("returned-payment-fee", receipt.ToString("D"));

    private static string? Amount(Answer answer, string property) =>
        answer[property].GetProperty("amount").GetString();

    private static ReceiptReversed Reversed(Guid receipt, string entity, Guid? customer, string reason, string? code)
    {
        var (all, none) = (new MoneyAmount(100, "USD"), new MoneyAmount(0, "USD"));
        return new ReceiptReversed(
            receipt, entity, reason, code, TestApi.Today,
            new ReceiptBalance(customer, all, none, none, none, all, "reversed"));
    }
}
