namespace OrderToCash.Faults.Load;

/// <summary>What collection agencies are to bring in.</summary>
internal sealed partial class Clerk
{
    /// <summary>What is overdue of a late payer, who may then pay; not under a hold that forbids contact.</summary>
    private async Task PlaceAsync()
    {
        if (book.AnyLatePayer(random) is not { } late)
            return;
        var wish = Wish.Creating(Collections, "placement", "/v1/collections/placements", new
        {
            customerId = late.Customer.Id,
            agency = "AGENCY",
            commissionPercent = 12.5m,
            reason = "load",
            invoiceIds = new[] { late.Invoice.Id },
        }, "placement_made");
        if ((await caller.AskAsync(wish, random)).Body is not { } placement)
            return;
        book.Add(new Placed(Id(placement)));
        if (random.Next(3) is var share and < 2)
        {
            var amount = late.Customer.Round(late.Invoice.Total / (share + 1));
            await ReceiveAsync(late.Customer, amount, late.Invoice.Number, isNamed: true);
        }
    }

    /// <summary>All of it may be paid by then.</summary>
    private async Task RecallAsync()
    {
        if (book.TakePlacement(random) is { } placement)
        {
            await caller.AskAsync(
                Wish.On(
                    placement.Id, Collections, "recall", $"/v1/collections/placements/{placement.Id}/recall", Because,
                    "placement_recalled"),
                random);
        }
    }
}
