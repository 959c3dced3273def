namespace OrderToCash.Faults.Load;

/// <summary>Customers who pay in installments, which moves the due dates of what they owe.</summary>
internal sealed partial class Clerk
{
    /// <summary>All that is open of an invoice, by the week. It may be paid, promised or disputed by then.</summary>
    private async Task PlanAsync()
    {
        if (book.AnyInvoice(random) is not { } invoice)
            return;
        var buyer = invoice.Buyer;
        var wish = Wish.Creating(Collections, "payment plan", "/v1/collections/payment-plans", new
        {
            customerId = buyer.Id,
            equal = new
            {
                count = random.Next(2, 7),
                firstDueDate = market.Today(buyer).AddDays(random.Next(2, 20)),
                every = "week",
                currency = buyer.Currency,
            },
            invoiceIds = new[] { invoice.Id },
        }, "plan_proposed");
        if ((await caller.AskAsync(wish, random)).Body is not { } plan)
            return;
        book.Add(new Planned(Id(plan)));
        if (random.Next(3) == 0)
            await ReceiveAsync(buyer, invoice.Total, invoice.Number, isNamed: true);
    }

    /// <summary>It may be paid by then.</summary>
    private async Task CancelPlanAsync()
    {
        if (book.TakePlan(random) is { } plan)
        {
            await caller.AskAsync(
                Wish.On(
                    plan.Id, Collections, "plan cancel", $"/v1/collections/payment-plans/{plan.Id}/cancel", Because,
                    "plan_cancelled"),
                random);
        }
    }
}
