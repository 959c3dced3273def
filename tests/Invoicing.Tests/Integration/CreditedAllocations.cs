using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>Payments whose payers take off credit memos: both are applied, or nothing is.</summary>
public class CreditedAllocations(InvoicingApp app)
{
    [Fact]
    public async Task Payment_and_credit_memo_settle_the_invoice_together_and_once()
    {
        var (customer, invoice) = await InvoiceAsync();
        var (memo, allocation) = (await MemoAsync(customer, 30), Some.NewId());
        var asked = Asked(allocation, invoice, 70, (memo, 30));

        await app.Bus.PublishAsync(asked);
        await app.Bus.PublishAsync(asked);

        var answer = await AnswerAsync<PaymentApplied>(allocation);
        (answer.Amount.Amount, answer.Item.Balance.Amount).ShouldBe((70m, 0m));
        answer.Credits!.ShouldHaveSingleItem().ShouldBe(new AppliedCredit(memo, new MoneyAmount(30, "USD")));
        await HandledAsync(invoice);
        app.Bus.Heard<PaymentApplied>(allocation).Count.ShouldBe(1);
        (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["applications"].GetArrayLength().ShouldBe(1);
        var after = await app.Client.ReadAsync($"/v1/invoices/{invoice}");
        after["status"].GetString().ShouldBe("paid");
        after["credits"].EnumerateArray().ShouldHaveSingleItem().GetProperty("amount").GetProperty("amount").GetString()
            .ShouldBe("30.00");
    }

    [Fact]
    public async Task Of_a_credit_memo_that_is_open_no_more_nothing_is_applied()
    {
        var (customer, invoice) = await InvoiceAsync();
        var memo = await MemoAsync(customer, 30);
        (await app.Client.PostAsync($"/v1/credit-memos/{memo}/void", new { reason = "wrong" }))
            .ShouldBe(HttpStatusCode.OK);
        await NothingIsAppliedAsync(invoice, Asked(Some.NewId(), invoice, 70, (memo, 30)), "credit-memo-void");
    }

    [Fact]
    public async Task Where_the_money_does_not_fit_the_credit_memo_stays_open()
    {
        var (customer, invoice) = await InvoiceAsync();
        var memo = await MemoAsync(customer, 30);
        await NothingIsAppliedAsync(invoice, Asked(Some.NewId(), invoice, 80, (memo, 30)), "exceeds-balance");
        (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["status"].GetString().ShouldBe("open");
    }

    [Fact]
    public async Task A_credit_memo_of_another_customer_is_not_applied()
    {
        var (_, invoice) = await InvoiceAsync();
        var (stranger, _) = await InvoiceAsync();
        await NothingIsAppliedAsync(
            invoice, Asked(Some.NewId(), invoice, 70, (await MemoAsync(stranger, 30), 30)), "other-customer");
    }

    [Fact]
    public async Task Of_two_that_want_the_same_credit_memo_one_has_it()
    {
        var (customer, first) = await InvoiceAsync();
        var second = (await app.Client.IssueAsync(customer)).Id;
        var memo = await MemoAsync(customer, 30);
        var (one, two) = (Some.NewId(), Some.NewId());

        await Task.WhenAll(
            app.Bus.PublishAsync(Asked(one, first, 70, (memo, 30))),
            app.Bus.PublishAsync(Asked(two, second, 70, (memo, 30))));

        await Eventually.BecomesTrue(
            () => Heard<PaymentApplied>() + Heard<PaymentApplicationRejected>() == 2, "both are answered");
        Heard<PaymentApplied>().ShouldBe(1);
        (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["applications"].GetArrayLength().ShouldBe(1);

        int Heard<T>() => app.Bus.Heard<T>(one).Count + app.Bus.Heard<T>(two).Count;
    }

    /// <summary>The money is taken back at once, so the credit memo has nothing to do beside it.</summary>
    [Fact]
    public async Task Where_the_reversal_came_first_the_credit_memo_stays_open()
    {
        var (customer, invoice) = await InvoiceAsync();
        var (memo, allocation) = (await MemoAsync(customer, 30), Some.NewId());
        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, invoice, 70));
        await HandledAsync(invoice);

        await app.Bus.PublishAsync(Asked(allocation, invoice, 70, (memo, 30)));

        await AnswerAsync<PaymentReversed>(allocation);
        (await AnswerAsync<PaymentApplied>(allocation)).Credits.ShouldBeNull();
        (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["status"].GetString().ShouldBe("open");
    }

    /// <summary>The bank takes the money back: the credit memo is open again with the invoice, and once.</summary>
    [Fact]
    public async Task A_payment_that_is_taken_back_takes_its_credit_memo_with_it_once()
    {
        var (customer, invoice) = await InvoiceAsync();
        var (memo, allocation) = (await MemoAsync(customer, 30), Some.NewId());
        await app.Bus.PublishAsync(Asked(allocation, invoice, 70, (memo, 30)));
        await AnswerAsync<PaymentApplied>(allocation);

        var back = Messages.ReversalRequested(allocation, invoice, 70);
        await app.Bus.PublishAsync(back);
        await app.Bus.PublishAsync(back);

        var answer = await AnswerAsync<PaymentReversed>(allocation);
        answer.Item.Balance.Amount.ShouldBe(100m);
        answer.Credits!.ShouldHaveSingleItem().ShouldBe(new AppliedCredit(memo, new MoneyAmount(30, "USD")));
        await HandledAsync(invoice);
        app.Bus.Heard<PaymentReversed>(allocation).Count.ShouldBe(1);
        var after = await app.Client.ReadAsync($"/v1/credit-memos/{memo}");
        after["status"].GetString().ShouldBe("open");
        after["applications"].GetArrayLength().ShouldBe(0);
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString()
            .ShouldBe("100.00");
    }

    /// <summary>The bank took it back and no person did, so it is left to none: a policy may apply it again.</summary>
    [Fact]
    public async Task A_credit_memo_that_bounced_with_its_payment_still_settles_by_itself()
    {
        var (customer, invoice) = await InvoiceAsync();
        var (memo, allocation) = (await MemoAsync(customer, 30), Some.NewId());
        await app.Bus.PublishAsync(Asked(allocation, invoice, 70, (memo, 30)));
        await AnswerAsync<PaymentApplied>(allocation);
        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, invoice, 70));
        await AnswerAsync<PaymentReversed>(allocation);
        var entity = (await app.Client.ReadAsync($"/v1/customers/{customer}"))["legalEntity"].GetString()!;
        (await app.Client.PutAsync(
            $"/v1/legal-entities/{entity}/automation-policy", new { openCredits = new { afterDays = 0 } }))
            .ShouldBe(HttpStatusCode.OK);

        await app.Services.GetRequiredService<AutomaticCredits>().ApplyAsync(
            new EventMetadata("tester"), entity, TestApi.Attempt, CancellationToken.None);

        (await app.Client.ReadAsync($"/v1/credit-memos/{memo}"))["status"].GetString().ShouldBe("applied");
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString()
            .ShouldBe("70.00");
    }

    private async Task NothingIsAppliedAsync(Guid invoice, AllocationRequested asked, string code)
    {
        await app.Bus.PublishAsync(asked);
        (await AnswerAsync<PaymentApplicationRejected>(asked.AllocationId)).Code.ShouldBe(code);
        var after = await app.Client.ReadAsync($"/v1/invoices/{invoice}");
        after["balance"].GetProperty("amount").GetString().ShouldBe("100.00");
    }

    private static AllocationRequested Asked(
        Guid allocation, Guid invoice, decimal amount, params (Guid Memo, decimal Amount)[] credits) =>
        Messages.Requested(allocation, invoice, amount) with
        {
            Credits = [.. credits.Select(one => new CreditToApply(one.Memo, new MoneyAmount(one.Amount, "USD")))],
        };

    private async Task<(Guid Customer, Guid Invoice)> InvoiceAsync()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        return (customer, (await app.Client.IssueAsync(customer)).Id);
    }

    private async Task<Guid> MemoAsync(Guid customer, decimal amount) => (await app.Client.PostAsync(
        "/v1/credit-memos", new
        {
            customerId = customer,
            reason = "goodwill",
            lines = new[] { new { description = "Goodwill", quantity = "1", unitPrice = amount } },
        })).ShouldBe(HttpStatusCode.Created).Id;

    private async Task<T> AnswerAsync<T>(Guid allocation) => (await Eventually.Becomes(
        () => Task.FromResult(app.Bus.Heard<T>(allocation)), heard => heard.Count > 0,
        $"{typeof(T).Name} is published"))[0];

    /// <summary>Waits until everything sent so far about the invoice is handled.</summary>
    private async Task HandledAsync(Guid invoice)
    {
        await Eventually.Passes(async () => (await app.Bus.CountAsync(AllocationsConsumer.Queue)).ShouldBe(0u));
        var last = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(last, invoice, 1_000_000));
        await AnswerAsync<PaymentApplicationRejected>(last);
    }
}
