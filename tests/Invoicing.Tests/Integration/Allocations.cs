using System.Net;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Invoicing.Integration;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Integration;

public class Allocations(InvoicingApp app)
{
    [Fact]
    public async Task Money_is_applied_and_the_answer_published()
    {
        var (invoice, allocation) = (await InvoiceAsync(), Some.NewId());

        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 40));

        var answer = (await HeardAsync<PaymentApplied>(allocation)).ShouldHaveSingleItem();
        answer.Item.Balance.Amount.ShouldBe(60);
        answer.ReceiptId.ShouldBe(Some.Receipt);
        var entry = (await HeardAsync<JournalEntryPosted>("payment-applied", invoice)).ShouldHaveSingleItem();
        entry.Lines.Sum(line => line.Debit.Amount - line.Credit.Amount).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_message_and_the_same_allocation_in_another_message_count_once()
    {
        var (invoice, allocation, message) = (await InvoiceAsync(), Some.NewId(), Some.NewId());
        var requested = Messages.Requested(allocation, invoice, 40);
        await app.Bus.PublishAsync(requested, message);
        await app.Bus.PublishAsync(requested, message);
        await app.Bus.PublishAsync(requested);

        await HandledAsync(invoice);

        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString()
            .ShouldBe("60.00");
        app.Bus.Heard<PaymentApplied>(allocation).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_does_not_fit_is_answered_with_a_rejection()
    {
        var (invoice, allocation) = (await InvoiceAsync(), Some.NewId());

        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 100.01m));

        (await HeardAsync<PaymentApplicationRejected>(allocation))
            .ShouldHaveSingleItem().Code.ShouldBe("exceeds-balance");
    }

    [Fact]
    public async Task Sixty_four_payments_at_once_never_apply_more_than_is_open()
    {
        var invoice = await InvoiceAsync();
        var allocations = Enumerable.Range(0, 64).Select(_ => Some.NewId()).ToList();

        await Task.WhenAll(allocations.Select(
            allocation => app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 30))));

        await Eventually.BecomesTrue(
            () => allocations.Sum(allocation => app.Bus.Heard<PaymentApplied>(allocation).Count
                + app.Bus.Heard<PaymentApplicationRejected>(allocation).Count) == 64,
            "every allocation is answered");
        allocations.Sum(allocation => app.Bus.Heard<PaymentApplied>(allocation).Count).ShouldBe(3);
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString()
            .ShouldBe("10.00");
    }

    [Fact]
    public async Task A_reversal_opens_the_item_again_and_repeats_change_nothing()
    {
        var (invoice, allocation) = (await InvoiceAsync(), Some.NewId());
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 100));
        await HeardAsync<PaymentApplied>(allocation);

        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, invoice, 100));
        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, invoice, 100));
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 100));

        (await HeardAsync<PaymentReversed>(allocation)).ShouldHaveSingleItem().Item.Balance.Amount.ShouldBe(100);
        await HandledAsync(invoice);
        app.Bus.Heard<PaymentReversed>(allocation).Count.ShouldBe(1);
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["status"].GetString().ShouldBe("open");
    }

    [Fact]
    public async Task A_reversal_that_overtakes_its_request_loses_nothing()
    {
        var (invoice, allocation) = (await InvoiceAsync(), Some.NewId());
        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, invoice, 40));
        await HistoryAsync(invoice, "payment-reversal-awaited");

        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 40));

        (await HeardAsync<PaymentApplied>(allocation)).Count.ShouldBe(1);
        (await HeardAsync<PaymentReversed>(allocation)).Count.ShouldBe(1);
        (await app.Client.ReadAsync($"/v1/invoices/{invoice}"))["balance"].GetProperty("amount").GetString()
            .ShouldBe("100.00");
    }

    [Fact]
    public async Task Too_late_for_a_void_invoice_is_a_rejection()
    {
        var (invoice, allocation) = (await InvoiceAsync(), Some.NewId());
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/void", new { reason = "duplicate" }))
            .ShouldBe(HttpStatusCode.OK);

        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 40));

        (await HeardAsync<PaymentApplicationRejected>(allocation)).ShouldHaveSingleItem().Code.ShouldBe("invoice-void");
    }

    [Fact]
    public async Task An_invoice_with_payments_cannot_be_voided()
    {
        var (invoice, allocation) = (await InvoiceAsync(), Some.NewId());
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 40));
        await HeardAsync<PaymentApplied>(allocation);

        (await app.Client.PostAsync($"/v1/invoices/{invoice}/void", new { reason = "duplicate" }))
            .ShouldBe(HttpStatusCode.Conflict, "invoice-has-payments")["detail"]
                .GetString()!.ShouldContain("40.00 USD");
    }

    [Fact]
    public async Task A_message_about_no_invoice_of_ours_ends_in_the_error_queue_and_stops_nobody()
    {
        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), Some.NewId(), 40));
        var (invoice, allocation) = (await InvoiceAsync(), Some.NewId());
        await app.Bus.PublishAsync(Messages.Requested(allocation, invoice, 40));

        await HeardAsync<PaymentApplied>(allocation);
        await Eventually.Passes(async () =>
            (await app.Bus.CountAsync($"{AllocationsConsumer.Queue}_error")).ShouldBeGreaterThan(0u));
    }

    private async Task<Guid> InvoiceAsync() =>
        (await app.Client.IssueAsync(await app.Client.RegisterAsync(await app.EntityAsync()))).Id;

    private Task<IReadOnlyList<T>> HeardAsync<T>(params object[] mentions) => Eventually.Becomes(
        () => Task.FromResult<IReadOnlyList<T>>([.. app.Bus.Heard<T>(mentions[^1])
            .Where(message => mentions.All(
                mention => Text(message).Contains($"{mention}", StringComparison.Ordinal)))]),
        heard => heard.Count > 0, $"{typeof(T).Name} is published");

    private static string Text<T>(T message) => System.Text.Json.JsonSerializer.Serialize(message, Kernel.Json.Wire);

    /// <summary>
    /// Waits until everything sent so far about the invoice is handled: a last allocation is answered.
    /// </summary>
    private async Task HandledAsync(Guid invoice)
    {
        await Eventually.Passes(async () => (await app.Bus.CountAsync(AllocationsConsumer.Queue)).ShouldBe(0u));
        var last = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(last, invoice, 1_000_000));
        await HeardAsync<PaymentApplicationRejected>(last);
    }

    private Task HistoryAsync(Guid invoice, string type) => Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/invoices/{invoice}/history"),
        history => history.Text.Contains(type, StringComparison.Ordinal), $"{type} happens");
}
