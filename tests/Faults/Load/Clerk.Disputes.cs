namespace OrderToCash.Faults.Load;

/// <summary>Customers who say that they do not owe something.</summary>
internal sealed partial class Clerk
{
    /// <summary>Part of an installment; it may be paid by then, or not known to Collections yet.</summary>
    private async Task DisputeAsync()
    {
        if (book.AnyInvoice(random) is not { } invoice)
            return;
        var amount = invoice.Buyer.Round(invoice.Total * random.Next(5, 30) / 100m);
        if (amount <= 0)
            return;
        var wish = Wish.Creating(Collections, "dispute", "/v1/collections/disputes", new
        {
            invoiceId = invoice.Id,
            reasonCode = "quantity",
            installment = 1,
            amount = invoice.Buyer.Money(amount),
        }, "dispute_opened");
        if ((await caller.AskAsync(wish, random)).Body is { } dispute)
            book.Add(new Disputed(Id(dispute)));
    }

    /// <summary>The customer is right, which is credited, or wrong, or drops it.</summary>
    private async Task DecideDisputeAsync()
    {
        if (book.TakeDispute(random) is not { } dispute)
            return;
        var (verb, leaves) = random.Next(3) switch
        {
            0 => ("accept", "dispute_accepted"),
            1 => ("reject", "dispute_rejected"),
            _ => ("withdraw", "dispute_withdrawn"),
        };
        await caller.AskAsync(
            Wish.On(
                dispute.Id, Collections, $"dispute {verb}", $"/v1/collections/disputes/{dispute.Id}/{verb}", Because,
                leaves),
            random);
    }
}
