using System.Globalization;
using System.Text.Json.Nodes;
using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Load;

/// <summary>One of those who work at the same time: picks what to do by chance, does it, goes on.</summary>
internal sealed partial class Clerk(int number, Random random, Caller caller, Market market, Book book)
{
    private const string Invoicing = "invoicing";
    private const string Cash = "cash-application";
    private const string Credit = "credit";
    private const string Collections = "collections";

    private static readonly object Because = new { reason = "load" };

    private int _orders;

    /// <summary>Works until told to stop, with pauses of about that length; what has been begun is finished.</summary>
    public async Task WorkAsync(TimeSpan pause, CancellationToken stop)
    {
        (int Weight, Func<Task> Do)[] works =
        [
            (30, IssueAsync), (5, IssueBatchAsync), (3, VoidAsync), (20, PayAsync), (8, ShortPayAsync),
            (10, AllocateAsync), (6, ReverseAllocationAsync), (3, ReverseReceiptAsync), (15, CheckOrderAsync),
            (5, DecideOnOrderAsync), (4, AskTheImpossibleAsync), (5, CorrectAsync), (4, CreditAsync),
            (5, PayLessCreditAsync), (5, DeliverAsync), (4, BillLatePayerAsync), (3, DunAsync), (6, RefundAsync),
            (3, PayRefundsAsync), (2, EndRefundAsync), (5, DisputeAsync), (4, DecideDisputeAsync),
            (4, WriteOffAsync), (2, RecoverAsync), (2, RunWriteOffsAsync), (2, OverpayAsync),
            (1, WriteOffRestAsync), (2, RunRestWriteOffsAsync), (7, PromiseAsync), (1, CancelPromiseAsync),
            (3, HoldAsync), (2, EndHoldAsync), (2, ContactAsync), (3, PlanAsync), (1, CancelPlanAsync),
            (2, PlaceAsync), (1, RecallAsync), (2, ImportHeldAsync), (2, ArmAsync),
        ];
        var all = works.Sum(work => work.Weight);
        while (!stop.IsCancellationRequested)
        {
            var pick = random.Next(all);
            await works.First(work => (pick -= work.Weight) < 0).Do();
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause * random.NextDouble() * 2, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task IssueAsync()
    {
        var buyer = market.Any(random);
        var order = random.Next(4) == 0 ? book.TakeOrder(random) : null;
        var net = order is null ? Amount(buyer) : order.Buyer.Round(order.Amount * 0.9m);
        await IssueAsync(order?.Buyer ?? buyer, net, order?.OrderId);
        if (order is not null)
            book.Add(order);
    }

    private async Task IssueAsync(Buyer buyer, decimal net, string? order)
    {
        var wish = Wish.Creating(
            Invoicing, "invoice", "/v1/invoices", InvoiceOf(buyer, net, order), "invoice_issued");
        if ((await caller.AskAsync(wish, random)).Body is { } invoice)
            book.Add(Booked(buyer, invoice["id"]!, invoice["number"]!, AmountOf(invoice["total"])));
    }

    /// <summary>Some of a batch cannot be issued; the others are.</summary>
    private async Task IssueBatchAsync()
    {
        var buyer = market.Any(random);
        var items = Enumerable.Range(0, random.Next(2, 30))
            .Select(_ => (Net: Amount(buyer), IsGood: random.Next(10) > 0)).ToList();
        var wish = new Wish(
            Invoicing, "batch", "/v1/invoices/batch",
            new { invoices = items.Select(item => InvoiceOf(buyer, item.IsGood ? item.Net : -item.Net, null)) },
            "invoice_issued",
            answer => new Made("invoice_issued", [.. Issued(answer).Select(item => item["id"]!.GetValue<Guid>())]),
            Most: items.Count(item => item.IsGood));
        if ((await caller.AskAsync(wish, random)).Body is not { } results)
            return;
        foreach (var item in Issued(results).Take(5))
        {
            var total = buyer.Round(items[item["index"]!.GetValue<int>()].Net * 1.08m);
            book.Add(Booked(buyer, item["id"]!, item["number"]!, total));
        }
    }

    private async Task VoidAsync()
    {
        if (book.AnyInvoice(random) is { } invoice)
        {
            await caller.AskAsync(
                Wish.On(invoice.Id, Invoicing, "void", $"/v1/invoices/{invoice.Id}/void", Because, "invoice_voided"),
                random);
        }
    }

    private async Task PayAsync()
    {
        if (book.AnyInvoice(random) is { } invoice)
            await ReceiveAsync(invoice.Buyer, invoice.Total, $"paying {invoice.Number}, thank you");
    }

    private async Task ShortPayAsync()
    {
        if (book.AnyInvoice(random) is { } invoice)
        {
            var part = invoice.Buyer.Round(invoice.Total * random.Next(10, 90) / 100m);
            await ReceiveAsync(invoice.Buyer, part, random.Next(2) == 0 ? invoice.Number : "on account");
        }
    }

    /// <summary>
    /// Records what comes in. Null where nobody knows that it did, and where a statement has brought it already: then
    /// it is the receipt of that, with whoever has the statement.
    /// </summary>
    private async Task<Received?> ReceiveAsync(Buyer buyer, decimal amount, string text, bool isNamed = false)
    {
        if (amount <= 0)
            return null;
        var wish = new Wish(Cash, "receipt", "/v1/receipts", new
        {
            legalEntity = buyer.LegalEntity,
            method = "wire",
            amount = buyer.Money(amount),
            valueDate = Today(),
            customerId = !isNamed && random.Next(4) == 0 ? (Guid?)null : buyer.Id,
            payer = new { name = "Somebody" },
            reference = text,
        }, "receipt_recorded", answer => new Made(
            IsOnStatement(answer) ? "receipt_announced" : "receipt_recorded", [Id(answer)]));
        if ((await caller.AskAsync(wish, random)).Body is not { } answer || IsOnStatement(answer))
            return null;
        var receipt = new Received(Id(answer), buyer);
        book.Add(receipt);
        return receipt;
    }

    private async Task AllocateAsync()
    {
        if (book.TakeReceipt(random) is not { } receipt)
            return;
        if (await caller.ReadAsync($"/v1/receipts/{receipt.Id}") is { } now
            && AmountOf(now["unapplied"]) is var free and > 0
            && book.AnyInvoiceOf(receipt.Buyer, random) is { } invoice)
        {
            var amount = Math.Min(free, random.Next(3) == 0 ? invoice.Total : receipt.Buyer.Round(free / 2));
            await caller.AskAsync(
                Wish.On(receipt.Id, Cash, "allocation", $"/v1/receipts/{receipt.Id}/allocations", new
                {
                    allocations = new[]
                    {
                        new
                        {
                            invoiceId = invoice.Id,
                            installment = random.Next(3) == 0 ? random.Next(1, 4) : 1,
                            amount = receipt.Buyer.Money(amount),
                        },
                    },
                }, "allocations_requested"),
                random);
        }

        book.Add(receipt);
    }

    private async Task ReverseAllocationAsync()
    {
        if (book.TakeReceipt(random) is not { } receipt)
            return;
        if (await caller.ReadAsync($"/v1/receipts/{receipt.Id}") is { } now
            && now["allocations"]!.AsArray().FirstOrDefault(IsConfirmed) is { } allocation)
        {
            await caller.AskAsync(
                Wish.On(
                    receipt.Id, Cash, "unapply", $"/v1/receipts/{receipt.Id}/allocations/{allocation["id"]}/reverse",
                    Because, "allocation_reversals_requested"),
                random);
        }

        book.Add(receipt);
    }

    /// <summary>The money was not there; the receipt does not come back to the book.</summary>
    private async Task ReverseReceiptAsync()
    {
        if (book.TakeReceipt(random) is { } receipt)
        {
            await caller.AskAsync(
                Wish.On(
                    receipt.Id, Cash, "nsf", $"/v1/receipts/{receipt.Id}/reverse", new { reason = "nsf", code = "R01" },
                    "receipt_reversed"),
                random);
        }
    }

    private async Task CheckOrderAsync()
    {
        var buyer = market.Any(random);
        var orderId = string.Create(CultureInfo.InvariantCulture, $"SO-{number}-{++_orders}");
        var amount = Amount(buyer);
        var wish = new Wish(
            Credit, "order check", "/v1/credit/order-checks",
            new { customerId = buyer.Id, orderId, amount = buyer.Money(amount) }, "order_approved",
            answer => new Made(IsApproved(answer) ? "order_approved" : "order_held", [buyer.Id]));
        if ((await caller.AskAsync(wish, random)).Body is { } check)
            book.Add(new Ordered(orderId, buyer, amount, IsApproved(check)));
    }

    /// <summary>A held order is released or cancelled, an approved one cancelled.</summary>
    private async Task DecideOnOrderAsync()
    {
        if (book.TakeOrder(random) is not { } order)
            return;
        var release = !order.IsApproved && random.Next(4) == 0;
        var verb = release ? "release" : "cancel";
        var ending = await caller.AskAsync(
            Wish.On(
                order.Buyer.Id, Credit, $"order {verb}",
                $"/v1/credit/order-checks/{order.OrderId}/{verb}?legalEntity={order.Buyer.LegalEntity}", Because,
                release ? "order_released" : "order_cancelled") with
            {
                LetsGo = release ? order.OrderId : null,
            },
            random);
        if (release && ending.Outcome == Outcome.Accepted)
            book.Add(order with { IsApproved = true });
    }

    private Task AskTheImpossibleAsync()
    {
        var buyer = market.Any(random);
        var nobody = buyer with { Id = Kernel.Ids.Next(TimeProvider.System) };
        return caller.AskAsync(
            random.Next(4) switch
            {
                0 => Wish.Creating(
                    Invoicing, "invoice of nobody", "/v1/invoices", InvoiceOf(nobody, 10, null), "invoice_issued"),
                1 => Wish.Creating(
                    Invoicing, "negative invoice", "/v1/invoices", InvoiceOf(buyer, -10, null), "invoice_issued"),
                2 => Wish.Creating(
                    Cash, "receipt of nothing", "/v1/receipts",
                    new
                    {
                        legalEntity = buyer.LegalEntity,
                        method = "wire",
                        amount = buyer.Money(0),
                        valueDate = Today(),
                    }, "receipt_recorded"),
                _ => Wish.On(
                    nobody.Id, Credit, "order of nobody", "/v1/credit/order-checks",
                    new { customerId = nobody.Id, orderId = "SO-0", amount = buyer.Money(10) }, "order_approved"),
            },
            random);
    }

    private decimal Amount(Buyer buyer) => buyer.Round(random.Next(100, 90_000) / 100m);

    private static object InvoiceOf(Buyer buyer, decimal net, string? order, DateOnly? date = null) => new
    {
        customerId = buyer.Id,
        currency = buyer.Currency,
        orderReference = order,
        invoiceDate = date,
        lines = Lines(net),
    };

    private static object[] Lines(decimal net) =>
    [
        new
        {
            description = "Widget",
            quantity = "1",
            unitPrice = net.ToString(CultureInfo.InvariantCulture),
            taxRate = "0.08",
            taxCode = "TX",
            revenueAccount = "4000",
        },
    ];

    private static Billed Booked(Buyer buyer, JsonNode id, JsonNode number, decimal total) =>
        new(id.GetValue<Guid>(), number.GetValue<string>(), buyer, total);

    private static IEnumerable<JsonNode> Issued(JsonNode answer) =>
        answer["results"]!.AsArray().Where(item => item!["status"]!.GetValue<int>() == 201).Select(item => item!);

    private static bool IsConfirmed(JsonNode? allocation) => allocation!["status"]!.GetValue<string>() == "confirmed";

    private static bool IsOnStatement(JsonNode receipt) => receipt["bankAccount"] is not null;

    private static bool IsApproved(JsonNode check) => check["decision"]!.GetValue<string>() == "approved";

    private static decimal AmountOf(JsonNode? money) =>
        decimal.Parse(money!["amount"]!.GetValue<string>(), CultureInfo.InvariantCulture);

    /// <summary>The day it is in Greenwich; where a company is it may be another one.</summary>
    private static DateOnly Today() => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
}
