using OrderToCash.Kernel;

namespace OrderToCash.Faults.Load;

/// <summary>What happens to invoices besides being paid, and to orders besides being decided on.</summary>
internal sealed partial class Clerk
{
    /// <summary>Credited whole and billed again, for less or for more; what is paid of it stays paid.</summary>
    private async Task CorrectAsync()
    {
        if (book.AnyInvoice(random) is not { } invoice)
            return;
        var buyer = invoice.Buyer;
        var net = buyer.Round(invoice.Total * random.Next(50, 130) / 108m);
        if (net <= 0)
            return;
        var wish = Wish.On(
            invoice.Id, Invoicing, "correction", $"/v1/invoices/{invoice.Id}/correct",
            new { reason = "load", lines = Lines(net) }, "invoice_corrected");
        if ((await caller.AskAsync(wish, random)).Body is { } pair)
        {
            var anew = pair["invoice"]!;
            book.Add(Booked(buyer, anew["id"]!, anew["number"]!, AmountOf(anew["total"])));
        }
    }

    /// <summary>On account, or for an invoice: that settles it at once, as far as it is open.</summary>
    private async Task CreditAsync()
    {
        var invoice = random.Next(3) == 0 ? book.AnyInvoice(random) : null;
        var buyer = invoice?.Buyer ?? market.Any(random);
        var net = buyer.Round((invoice?.Total ?? random.Next(200, 6_000) / 100m) * 0.3m);
        if (net <= 0)
            return;
        var wish = Wish.Creating(Invoicing, "credit memo", "/v1/credit-memos", new
        {
            customerId = buyer.Id,
            reason = invoice is null ? "goodwill" : "return",
            invoiceId = invoice?.Id,
            currency = buyer.Currency,
            lines = Lines(net),
        }, "credit_memo_issued");
        if ((await caller.AskAsync(wish, random)).Body is { } memo && invoice is null)
            book.Add(new Credited(memo["number"]!.GetValue<string>(), buyer, AmountOf(memo["total"])));
    }

    /// <summary>The payer takes a credit memo off. It may be gone by then, or somebody else pays the invoice.</summary>
    private async Task PayLessCreditAsync()
    {
        if (book.TakeCredit(random) is not { } credit)
            return;
        if (book.AnyInvoiceOf(credit.Buyer, random) is { } invoice && invoice.Total > credit.Total)
        {
            await ReceiveAsync(
                credit.Buyer, invoice.Total - credit.Total, $"{invoice.Number} less {credit.Number}", isNamed: true);
            if (random.Next(3) > 0)
                return;
        }

        book.Add(credit);
    }

    /// <summary>Part of an order leaves, sometimes more than was ordered, whatever was decided on it.</summary>
    private async Task DeliverAsync()
    {
        if (book.TakeOrder(random) is not { } order)
            return;
        var delivered = order.Buyer.Round(order.Amount * random.Next(10, 111) / 100m);
        if (delivered == order.Delivered)
        {
            book.Add(order);
            return;
        }

        var ending = await caller.AskAsync(
            Wish.On(
                order.Buyer.Id, Credit, "delivery",
                $"/v1/credit/order-checks/{order.OrderId}/deliveries?legalEntity={order.Buyer.LegalEntity}",
                new { delivered = order.Buyer.Money(delivered) }, "delivery_recorded"),
            random);
        if (ending.Outcome == Facts.Outcome.Accepted)
            book.Add(order with { Delivered = delivered });
    }

    /// <summary>A customer who is late from the first invoice on, and whose contract lets a notice cost.</summary>
    private async Task BillLatePayerAsync()
    {
        var company = market.Any(random);
        var wish = Wish.Creating(
            Invoicing, "customer", "/v1/customers", Market.LatePayer(company), "customer_registered");
        if ((await caller.AskAsync(wish, random)).Body is not { } customer)
            return;
        var late = company with { Id = customer["id"]!.GetValue<Guid>() };
        var billed = Wish.Creating(
            Invoicing, "late invoice", "/v1/invoices",
            InvoiceOf(late, Amount(late) + 1, null, Today().AddDays(-Market.LateDays)), "invoice_issued");
        if ((await caller.AskAsync(billed, random)).Body is { } invoice)
            book.Add(new Late(Booked(late, invoice["id"]!, invoice["number"]!, AmountOf(invoice["total"]))));
    }

    /// <summary>Whoever is late is told, and charged for it.</summary>
    private Task DunAsync()
    {
        var entity = market.Any(random).LegalEntity;
        return caller.AskAsync(
            Wish.On(
                Ids.From("dunning-runs", entity), Collections, "dunning run", "/v1/collections/dunning-runs",
                new { legalEntity = entity, playbook = Market.Playbook }, "dunning_run_started"),
            random);
    }
}
