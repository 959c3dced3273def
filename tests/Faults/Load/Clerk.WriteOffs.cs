namespace OrderToCash.Faults.Load;

/// <summary>What nobody collects, or pays back, any more: one by one and many at a time.</summary>
internal sealed partial class Clerk
{
    /// <summary>What is open of the first installment, or part of it; it may be paid or given up by then.</summary>
    private async Task WriteOffAsync()
    {
        if (book.AnyInvoice(random) is not { } invoice)
            return;
        var part = Math.Max(invoice.Buyer.Round(invoice.Total * random.Next(5, 40) / 100m), 1);
        var wish = Wish.On(
            invoice.Id, Invoicing, "write-off", $"/v1/invoices/{invoice.Id}/write-offs",
            new { reason = "load", amount = random.Next(2) == 0 ? part : (decimal?)null }, "written_off");
        if ((await caller.AskAsync(wish, random)).Outcome == Facts.Outcome.Accepted)
            book.Add(new GivenUpOf(invoice.Id));
    }

    /// <summary>It can be collected after all; a credit memo may have opened it again by itself.</summary>
    private async Task RecoverAsync()
    {
        if (book.TakeGivenUp(random) is { } invoice)
        {
            await caller.AskAsync(
                Wish.On(
                    invoice.InvoiceId, Invoicing, "recovery", $"/v1/invoices/{invoice.InvoiceId}/recoveries", Because,
                    "write_off_recovered"),
                random);
        }
    }

    /// <summary>Small balances of many invoices, also of those of which nothing is paid.</summary>
    private Task RunWriteOffsAsync()
    {
        var company = market.Any(random);
        return caller.AskAsync(
            Wish.Creating(Invoicing, "write-off run", "/v1/invoices/write-off-runs", new
            {
                legalEntity = company.LegalEntity,
                limit = SmallBalance(company),
                reason = "load",
                all = random.Next(2) == 0,
            }, "write_off_run_requested"),
            random);
    }

    /// <summary>Somebody pays a little that explains nothing; it is left to a run, or given up at once.</summary>
    private async Task OverpayAsync()
    {
        var buyer = market.Any(random);
        var amount = random.Next(1, (int)Market.SmallBalance);
        if (await ReceiveAsync(buyer, amount, "on account", isNamed: true) is { } receipt && random.Next(2) == 0)
            await WriteOffAsync(receipt);
    }

    /// <summary>What is free of a receipt; mostly that is more than anybody may give up.</summary>
    private async Task WriteOffRestAsync()
    {
        if (book.TakeReceipt(random) is not { } receipt)
            return;
        await WriteOffAsync(receipt);
        book.Add(receipt);
    }

    /// <summary>Small rests of many receipts.</summary>
    private Task RunRestWriteOffsAsync()
    {
        var company = market.Any(random);
        return caller.AskAsync(
            Wish.Creating(
                Cash, "rest write-off run", "/v1/receipts/write-off-runs",
                new { legalEntity = company.LegalEntity, limit = SmallBalance(company), reason = "load" },
                "write_off_run_requested"),
            random);
    }

    private Task WriteOffAsync(Received receipt) => caller.AskAsync(
        Wish.On(
            receipt.Id, Cash, "rest write-off", $"/v1/receipts/{receipt.Id}/write-off", Because, "rest_written_off"),
        random);

    private object SmallBalance(Buyer company) => company.Money(random.Next(5, (int)Market.SmallBalance + 1));
}
