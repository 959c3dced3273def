using OrderToCash.Faults.Facts;
using OrderToCash.Faults.Load;

namespace OrderToCash.Faults.Tests;

/// <summary>One fact made wrong, as a defect would, and the check that must see it.</summary>
internal sealed partial record Spoil(string Check, string Name, Func<SystemFacts, SystemFacts> Do)
{
    private const decimal Cent = 0.01m;

    public static readonly IReadOnlyList<Spoil> All =
    [
        .. OfAnswers(), .. OfTheWay(), .. OfReceipts(), .. OfInvoices(), .. OfTheBooks(), .. OfCredit(),
        .. OfCreditMemos(), .. OfCorrections(), .. OfCreditsTakenOff(), .. OfFees(),
        .. OfWriteOffs(), .. OfPromises(), .. OfHolds(), .. OfPlans(), .. OfHeldStatements(),
    ];

    private static IEnumerable<Spoil> OfAnswers()
    {
        const string accepted = "every accepted request has its events, exactly once";
        yield return new(accepted, "an accepted invoice is not there", facts => facts with
        {
            Log = Without(facts.Log, e => e.Type == "invoice_issued" && e.By == Caller.Subject),
        });
        yield return new(accepted, "a receipt was recorded twice", facts => facts with
        {
            Log = Twice(
                facts.Log, e => e.Type == "receipt_recorded"
                    && facts.Requests.Where(IsAccepted("receipt")).Any(request => request.Correlation == e.Correlation),
                e => e with { Stream = Some }),
        });
        yield return new(accepted, "an unanswered request did two things", facts => facts with
        {
            Requests = Changed(facts.Requests, IsAccepted("receipt"), r => r with { Outcome = Outcome.Unknown }),
            Log = Twice(
                facts.Log, e => e.Correlation == facts.Requests.First(IsAccepted("receipt")).Correlation
                    && e.Type == "receipt_recorded", e => e with { Stream = Some }),
        });
        yield return new(accepted, "the caller was told of another invoice", facts => facts with
        {
            Requests = Changed(facts.Requests, IsAccepted("invoice"), r => r with { Streams = [Some] }),
        });
        const string refused = "every refused request has none";
        yield return new(refused, "an order was approved and the caller told no", facts => facts with
        {
            Requests = Changed(
                facts.Requests, IsAccepted("order check"), r => r with { Outcome = Outcome.Refused, Status = 409 }),
        });
        yield return new(refused, "an answer is kept for a refused request", facts => facts with
        {
            Answers =
            [
                .. facts.Answers,
                facts.Requests.Where(r => r is { Outcome: Outcome.Refused, HasOwnKey: true })
                    .Select(r => new KeptAnswer(r.Service, r.Key, 201, "00")).First(),
            ],
        });
        yield return new("nothing happened that nobody asked for", "a request is forgotten", facts => facts with
        {
            Requests = Without(facts.Requests, IsAccepted("receipt")),
        });
        const string same = "the same key gives the same answer";
        yield return new(same, "another answer is kept", facts => facts with
        {
            Answers = Changed(facts.Answers, IsOfARequest(facts), answer => answer with { Hash = "00" }),
        });
        yield return new(same, "no answer is kept", facts => facts with
        {
            Answers = Without(facts.Answers, IsOfARequest(facts)),
        });
        yield return new(same, "a repeat was answered otherwise", facts => facts with
        {
            Requests = Changed(facts.Requests, IsAccepted("invoice"), r => r with { Repeats = ["00"] }),
        });
        yield return new("no request was answered with 500", "one was", facts => facts with
        {
            Statuses = new Dictionary<int, int>(facts.Statuses) { [500] = 1 },
        });
    }

    private static IEnumerable<Spoil> OfTheWay()
    {
        yield return new("the system came to rest", "it did not", facts => facts with { Unrest = "a relay is behind" });
        const string holes = "streams have no holes";
        yield return new(holes, "an event is gone", facts => facts with
        {
            Log = Without(facts.Log, e => e.Version == 2),
        });
        yield return new(holes, "a stream is one too far", facts => facts with
        {
            Streams = Changed(facts.Streams, _ => true, stream => stream with { Version = stream.Version + 1 }),
        });
        yield return new("relays are at the end of their logs", "one is not", facts => facts with
        {
            Relays = Changed(facts.Relays, _ => true, relay => relay with { Position = relay.Position - 1 }),
        });
        const string delivered = "every event was published and handled by every queue";
        yield return new(delivered, "an event was never published", facts => facts with
        {
            Deliveries = Changed(facts.Deliveries, delivery => delivery.Place == "otc.events", LosingOne),
        });
        yield return new(delivered, "a queue lost a message", facts => facts with
        {
            Deliveries = Changed(facts.Deliveries, delivery => delivery.Place == "credit-receivables", LosingOne),
        });
        yield return new("error queues are empty or explained", "a message failed without cause", facts => facts with
        {
            FailedMessages = [new("credit-receivables", $"{Some}", "who knows", IsExplained: false)],
        });
    }

    private static IEnumerable<Spoil> OfReceipts()
    {
        const string conserved = "receipts are conserved at every event (I-01)";
        yield return new(conserved, "a cent is made", facts => facts with
        {
            ReceiptEvents = Changed(facts.ReceiptEvents, _ => true, e => e with { Unapplied = e.Unapplied + Cent }),
        });
        yield return new(conserved, "an allocation is of another amount than the balance says", facts => facts with
        {
            ReceiptEvents = Changed(
                facts.ReceiptEvents, e => e.Type == "allocations_requested",
                e => e with { Allocated = e.Allocated + Cent }),
        });
        yield return new(conserved, "a refund keeps back another amount than the balance says", facts => facts with
        {
            ReceiptEvents = Changed(
                facts.ReceiptEvents, e => e.Type == "refund_reserved", e => e with { Allocated = e.Allocated + Cent }),
        });
        yield return new(conserved, "more is paid back than was kept for it", facts => facts with
        {
            ReceiptEvents = Changed(
                facts.ReceiptEvents, e => e.Type == "refund_paid_out", e => e with { Refunded = e.Refunded + Cent }),
        });
        yield return new(conserved, "more is applied than came in", facts => facts with
        {
            ReceiptEvents = Changed(
                facts.ReceiptEvents, _ => true,
                e => e with { Unapplied = -Cent, Reversed = e.Amount + Cent, Pending = 0 }),
        });
        const string agree = "both sides of every allocation agree";
        yield return new(agree, "invoicing never applied what cash application thinks it did", facts => facts with
        {
            InvoiceEvents = Without(
                facts.InvoiceEvents, e => e.Type == "payment_applied" && facts.InvoiceEvents.All(
                    other => other.Allocation != e.Allocation || other.Version <= e.Version)),
        });
        yield return new(agree, "cash application never heard the answer", facts => facts with
        {
            AllocationEvents = Without(
                facts.AllocationEvents, e => e.Type is "allocation_confirmed" && IsLastOfItsAllocation(facts, e)),
        });
    }

    private static IEnumerable<Spoil> OfInvoices()
    {
        const string conserved = "invoices are conserved at every event (I-02)";
        yield return new(conserved, "a payment is of another amount than its balance says", facts => facts with
        {
            InvoiceEvents = Changed(
                facts.InvoiceEvents, e => e.Type == "payment_applied", e => e with { Amount = e.Amount - Cent }),
        });
        yield return new(conserved, "more is paid than is owed", facts => facts with
        {
            InvoiceEvents = Changed(
                facts.InvoiceEvents, e => e.Type == "payment_applied",
                e => e with { Amount = 1_000_000, BalanceAfter = null }),
        });
        const string open = "open items = subledger = events";
        yield return new(open, "an invoice's row is off by a cent", facts => facts with
        {
            Invoices = Changed(facts.Invoices, _ => true, row => row with { Balance = row.Balance + Cent }),
        });
        yield return new(open, "an open item is off by a cent", facts => facts with
        {
            OpenItems = Changed(facts.OpenItems, _ => true, item => item with { Balance = item.Balance - Cent }),
        });
        yield return new(open, "a movement is missing in the subledger", facts => facts with
        {
            Subledger = Changed(
                facts.Subledger, row => facts.Invoices.Any(invoice => invoice.Invoice == row.Invoice),
                row => row with { Sum = row.Sum + Cent }),
        });
        yield return new(open, "a movement is nobody's", facts => facts with
        {
            Subledger = [.. facts.Subledger, new SubledgerRow(Some, Cent, 1)],
        });
        yield return new(open, "an invoice has no row", facts => facts with
        {
            Invoices = Without(facts.Invoices, _ => true),
        });
    }

    private static IEnumerable<Spoil> OfTheBooks()
    {
        yield return new("every journal entry balances", "one is off by a cent", facts => facts with
        {
            Journal = Changed(facts.Journal, _ => true, line => line with { Debit = line.Debit + Cent }),
        });
        const string control = "control accounts = open items, open credits and free cash";
        yield return new(control, "an invoice has no entry", facts => facts with
        {
            Journal = Without(facts.Journal, line => line is { Role: "receivables", Debit: > 0 }),
        });
        yield return new(control, "a credit memo has no entry", facts => facts with
        {
            Memos = Changed(facts.Memos, _ => true, row => row with { Open = row.Open + Cent }),
        });
        yield return new(control, "a receipt has no entry", facts => facts with
        {
            Journal = Without(facts.Journal, line => line is { Role: "unapplied-cash", Credit: > 0 }),
        });
        const string gapless = "numbers are gapless";
        yield return new(gapless, "a number is missing", facts => facts with
        {
            Numbers = Without(facts.Numbers, _ => true),
        });
        yield return new(gapless, "a number was given twice", facts => facts with
        {
            Numbers = Changed(facts.Numbers, number => number.Number == 2, number => number with { Number = 1 }),
        });
        yield return new(gapless, "a series is one too far", facts => facts with
        {
            Series = Changed(facts.Series, _ => true, series => series with { Last = series.Last + 1 }),
        });
    }

    private static IEnumerable<Spoil> OfCredit()
    {
        const string exposure = "exposure = due, delivered, reserved, credited and free, to the cent";
        yield return new(exposure, "receivables are off by a cent", facts => facts with
        {
            Exposures = Changed(facts.Exposures, _ => true, row => row with { Receivables = row.Receivables + Cent }),
        });
        yield return new(exposure, "reservations are off by a cent", facts => facts with
        {
            Exposures = Changed(facts.Exposures, _ => true, row => row with { Orders = row.Orders - Cent }),
        });
        yield return new(exposure, "deliveries are off by a cent", facts => facts with
        {
            Exposures = Changed(facts.Exposures, _ => true, row => row with { Deliveries = row.Deliveries + Cent }),
        });
        yield return new(exposure, "a delivery is forgotten", facts => facts with
        {
            CreditEvents =
            [
                .. facts.CreditEvents.Where(e => e.Delivered is null
                    || e.OrderId != facts.CreditEvents.First(IsUnbilled(facts)).OrderId),
            ],
        });
        yield return new(exposure, "open credits are off by a cent", facts => facts with
        {
            Exposures = Changed(facts.Exposures, _ => true, row => row with { Credits = row.Credits - Cent }),
        });
        yield return new(exposure, "cash is off by a cent", facts => facts with
        {
            Exposures = Changed(facts.Exposures, _ => true, row => row with { Cash = row.Cash + Cent }),
        });
        const string limit = "no order was approved over its limit";
        yield return new(limit, "the limit was lower than the order", facts => facts with
        {
            CreditEvents =
            [
                .. facts.CreditEvents.Select(e => e.Limit is null ? e : e with { Limit = -1_000_000_000 }),
            ],
        });
        yield return new(limit, "a delivery counts for less than it should", facts => facts with
        {
            CreditEvents = Changed(
                facts.CreditEvents, e => e.Type == "delivery_recorded" && e.Deliveries > 0,
                e => e with { Deliveries = e.Deliveries - Cent }),
        });
        yield return new(limit, "an order reserved less than it should", facts => facts with
        {
            CreditEvents = Changed(
                facts.CreditEvents, e => e.Type == "order_approved", e => e with { Reserved = e.Reserved - Cent }),
        });
    }

    private static Guid Some { get; } = Guid.Parse("00000000-0000-7000-8000-000000000001");

    private static Func<RememberedRequest, bool> IsAccepted(string operation) =>
        request => request.Outcome == Outcome.Accepted && request.Operation == operation;

    private static Func<KeptAnswer, bool> IsOfARequest(SystemFacts facts)
    {
        var keys = facts.Requests.Where(r => r.Outcome == Outcome.Accepted).Select(r => r.Key).ToHashSet();
        return answer => keys.Contains(answer.Key);
    }

    private static bool IsLastOfItsAllocation(SystemFacts facts, AllocationEvent e) =>
        facts.AllocationEvents.Where(other => other.Allocation == e.Allocation).MaxBy(other => other.Version) == e;

    private static Delivery LosingOne(Delivery delivery) => delivery with
    {
        Seen = delivery.Seen.Where(message => message != delivery.Expected.First()).ToHashSet(),
    };

    private static List<T> Without<T>(IReadOnlyList<T> all, Func<T, bool> which)
    {
        var index = IndexOf(all, which);
        return [.. all.Where((_, at) => at != index)];
    }

    private static List<T> Twice<T>(IReadOnlyList<T> all, Func<T, bool> which, Func<T, T> otherwise) =>
        [.. all, otherwise(all[IndexOf(all, which)])];

    private static List<T> Changed<T>(IReadOnlyList<T> all, Func<T, bool> which, Func<T, T> change)
    {
        var index = IndexOf(all, which);
        return [.. all.Select((one, at) => at == index ? change(one) : one)];
    }

    private static int IndexOf<T>(IReadOnlyList<T> all, Func<T, bool> which) =>
        all.Index().First(pair => which(pair.Item)).Index;
}
