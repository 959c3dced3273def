using OrderToCash.Kernel;

namespace OrderToCash.Faults.Load;

/// <summary>Customers who say that they will pay, and customers who are left alone.</summary>
internal sealed partial class Clerk
{
    /// <summary>Some keep their word at once, in full or in part; the others leave it to whoever else pays.</summary>
    private async Task PromiseAsync()
    {
        var invoice = random.Next(2) == 0
            ? book.AnyInvoice(random)
            : book.AnyInvoiceOf(market.SomebodyWhoMoves(random), random);
        if (invoice is null)
            return;
        var buyer = invoice.Buyer;
        var amount = buyer.Round(invoice.Total * random.Next(20, 101) / 100m);
        var wish = Wish.Creating(Collections, "promise", "/v1/collections/promises", new
        {
            customerId = buyer.Id,
            amount = buyer.Money(amount),
            date = market.Today(buyer).AddDays(random.Next(2)),
            invoiceIds = new[] { invoice.Id },
        }, "promise_made");
        if ((await caller.AskAsync(wish, random)).Body is not { } promise)
            return;
        book.Add(new Promised(Id(promise)));
        if (random.Next(4) is var share and < 2)
            await ReceiveAsync(buyer, share == 0 ? invoice.Total : buyer.Round(amount / 2), invoice.Number, true);
    }

    /// <summary>It may be kept or broken by then.</summary>
    private async Task CancelPromiseAsync()
    {
        if (book.TakePromise(random) is { } promise)
        {
            await caller.AskAsync(
                Wish.On(
                    promise.Id, Collections, "promise cancel", $"/v1/collections/promises/{promise.Id}/cancel", Because,
                    "promise_cancelled"),
                random);
        }
    }

    /// <summary>
    /// A late payer is left alone until it is released or until the day ends, or one invoice is not asked for.
    /// </summary>
    private async Task HoldAsync()
    {
        if (book.AnyLatePayer(random) is not { } late)
            return;
        var (kind, invoice, until) = random.Next(3) switch
        {
            0 => ("dunning-block", (Guid?)null, (DateOnly?)market.Today(late.Customer)),
            1 => ("dunning-block", late.Invoice.Id, market.Today(late.Customer).AddDays(1)),
            _ => ("do-not-contact", null, null),
        };
        var wish = Wish.Creating(
            Collections, "hold", "/v1/collections/holds",
            new { customerId = late.Customer.Id, kind, reason = "load", invoiceId = invoice, until }, "hold_placed");
        if ((await caller.AskAsync(wish, random)).Body is { } hold)
            book.Add(new Held(Id(hold), late.Customer, until));
    }

    /// <summary>It is released, or ends on another day; its day may be over by then.</summary>
    private async Task EndHoldAsync()
    {
        if (book.TakeHold(random) is not { } hold)
            return;
        var path = $"/v1/collections/holds/{hold.Id}";
        if (random.Next(3) > 0)
        {
            await caller.AskAsync(
                Wish.On(hold.Id, Collections, "hold release", $"{path}/release", Because, "hold_released"), random);
            return;
        }

        var until = (hold.Until ?? market.Today(hold.Customer)).AddDays(random.Next(1, 10));
        await caller.AskAsync(
            Wish.On(
                hold.Id, Collections, "hold extension", $"{path}/extend", new { until, reason = "load" },
                "hold_extended"),
            random);
        book.Add(hold with { Until = until });
    }

    /// <summary>Somebody wants to write to a late payer, and asks whether that may be.</summary>
    private async Task ContactAsync()
    {
        if (book.AnyLatePayer(random) is not { } late)
            return;
        await caller.AskAsync(
            new Wish(
                Collections, "contact", "/v1/collections/contact-attempts",
                new { customerId = late.Customer.Id, channel = "email", address = Market.LateAddress },
                "contact_attempted",
                answer => new Made(
                    answer["allowed"]!.GetValue<bool>() ? "contact_attempted" : "contact_suppressed",
                    [Ids.From("contact-profile", late.Customer.Id.ToString("D"))])),
            random);
    }
}
