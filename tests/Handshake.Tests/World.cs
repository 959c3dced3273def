using System.Collections.Immutable;
using System.Globalization;
using OrderToCash.CashApplication.Integration;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using Cash = OrderToCash.Contracts.CashApplication.V1;
using Contract = OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Handshake.Tests;

/// <summary>A message between the two services, and how often it may still come.</summary>
/// <param name="Name">Tells it from all others.</param>
/// <param name="Body">The contract.</param>
/// <param name="Left">Deliveries left; two at first, for redelivery.</param>
/// <param name="IsNew">True until it has come once.</param>
/// <param name="Sequence">Place of its event in the log of who says it, where that is heeded.</param>
internal sealed record Message(string Name, object Body, int Left, bool IsNew, long Sequence = 0);

/// <summary>
/// Both services and the broker between them as one value: two receipts, an invoice of 100.00, what is on its way and
/// what people may still do. Steps use the services' own deciders and publications.
/// </summary>
internal sealed record World(
    ImmutableSortedDictionary<string, Receipt> Receipts, Invoice Invoice, ImmutableList<Message> InFlight,
    ImmutableSortedSet<string> Deeds)
{
    /// <summary>The credit memo that payments may take off.</summary>
    public static readonly Guid TakenOffId = Ids.From("handshake", "taken off");

    private static readonly Guid InvoiceId = Ids.From("handshake", "invoice");
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);
    private static readonly PostingContext Posting = new(Now, AccountingCalendar.Initial);
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly Deadlines Due = new(Today, 3, 5);
    private static readonly Publications FromCash = CashPublications.Create();
    private static readonly Publications FromInvoicing = InvoicingPublications.Create();
    private static readonly CreditSource Memo = new(Ids.From("handshake", "memo"), "CM-1", Today);

    /// <summary>The credit memo that the receipts take off, as it is; before it is issued where none does.</summary>
    public CreditMemo TakenOff { get; init; } = CreditMemo.Initial;

    public static Money Usd(decimal amount) => Money.Of(amount, "USD");

    public static Guid ReceiptId(string name) => Ids.From("handshake", "receipt", name);

    public static Guid AllocationId(string name) => Ids.From("handshake", "allocation", name);

    /// <summary>The receipts ask for the invoice; nothing has arrived anywhere yet.</summary>
    public static World Begin(
        Invoice invoice, IEnumerable<string> deeds, params (string Name, decimal Amount)[] receipts) =>
        Begin(invoice, null, deeds, receipts);

    /// <summary>The same, and each takes off all of a credit memo.</summary>
    public static World Begin(
        Invoice invoice, CreditMemoIssued? memo, IEnumerable<string> deeds,
        params (string Name, decimal Amount)[] receipts)
    {
        var world = new World(ImmutableSortedDictionary<string, Receipt>.Empty, invoice, [], [.. deeds])
        {
            TakenOff = memo is null ? CreditMemo.Initial : CreditMemo.Evolve(CreditMemo.Initial, memo),
        };
        CreditPart[]? credits = memo is null ? null : [new CreditPart(TakenOffId, memo.Number, memo.Total)];
        foreach (var (name, amount) in receipts)
        {
            world = world with { Receipts = world.Receipts.Add(name, Receipt.Initial) };
            var customer = invoice.Issued!.CustomerId;
            var accounts = new CashApplication.Receipts.LedgerAccounts("1000", "2400", "2410", "4920", "1090");
            world = world.OnReceipt(name, receipt => ReceiptDecider.Record(receipt, new RecordReceipt(
                ReceiptId(name), $"RCT-{name}", "US01", "wire", null, accounts, Usd(amount), Today, Today,
                new Payer(), [], null, null, customer, "caller"),
                new AllocationDecision(Ids.From("handshake", "decision", name), "manual", 1, ["test"], false,
                [
                    new RequestedAllocation(
                        AllocationId(name), InvoiceId, "INV-1", 1, customer, Usd(Math.Min(amount, 100)),
                        Credits: credits),
                ])));
        }

        return world;
    }

    /// <summary>Everything that may happen next, each with a name.</summary>
    public IEnumerable<(string Name, World Next)> Steps()
    {
        foreach (var message in InFlight)
            yield return ($"deliver {message.Name}", Deliver(message));
        foreach (var deed in Deeds)
            yield return (deed, (this with { Deeds = Deeds.Remove(deed) }).Do(deed));
    }

    /// <summary>Two worlds with the same text have the same future.</summary>
    public string Key() => string.Join('|',
    [
        .. Receipts.Select(pair => $"{pair.Key}:{Text(pair.Value)}"), Text(Invoice),
        $"{TakenOff.Applications.Count}{TakenOff.IsVoid}",
        string.Join(
            ',',
            InFlight.Select(message => $"{message.Name}*{message.Left}{message.IsNew}")
                .Order(StringComparer.Ordinal)),
        string.Join(',', Deeds),
    ]);

    private World Deliver(Message message)
    {
        var rest = InFlight.Remove(message);
        var world = this with
        {
            InFlight = message.Left > 1 ? rest.Add(message with { Left = message.Left - 1, IsNew = false }) : rest,
        };
        return message.Body switch
        {
            Cash.AllocationRequested m => world.Apply(m, new ApplyPayment(
                m.AllocationId, m.ReceiptId, m.Installment, m.Amount.ToMoney(), m.ValueDate, m.UnappliedCashAccount,
                m.Discount?.ToMoney(), m.Difference?.ToMoney())),
            Cash.AllocationReversalRequested m => world.Reverse(new ReversePayment(
                m.AllocationId, m.ReceiptId, m.Installment, m.Amount.ToMoney(), m.Reason)),
            Contract.PaymentApplied m => world.OnReceipt(NameOf(m.ReceiptId), receipt =>
                ReceiptDecider.Confirm(
                    receipt, m.ReceiptId, m.AllocationId, m.Amount.ToMoney(), m.Credits?[0].Amount.ToMoney())),
            Contract.PaymentApplicationRejected m => world.OnReceipt(NameOf(m.ReceiptId), receipt =>
                ReceiptDecider.Reject(
                    receipt, m.ReceiptId, m.AllocationId, m.Amount.ToMoney(), m.Code, m.Detail, Due)),
            Contract.PaymentReversed m => world.OnReceipt(NameOf(m.ReceiptId), receipt =>
                ReceiptDecider.ConfirmReversal(
                    receipt, m.ReceiptId, m.AllocationId, m.Amount.ToMoney(), Due,
                    m.Credits?.Select(one => one.CreditMemoId).ToList())),
            _ => throw new InvalidOperationException($"Nobody reads {message.Body.GetType().Name}."),
        };
    }

    /// <summary>What is written together comes together: the payment and what it takes off.</summary>
    private World Apply(Cash.AllocationRequested asked, ApplyPayment command)
    {
        if (asked.Credits is not [var credit])
            return OnInvoice(invoice => InvoiceDecider.ApplyPayment(invoice, command, Posting));
        return Written(CreditedPayment.Apply(
            InvoiceId, Invoice, command, [new CreditTakenOff(TakenOffId, TakenOff, credit.Amount.ToMoney())],
            new HashSet<Guid> { Invoice.Issued!.CustomerId }, Posting));
    }

    private World Reverse(ReversePayment command) => Written(CreditedPayment.Reverse(
        Invoice, command,
        [.. CreditedPayment.MemosBeside(Invoice, command.AllocationId).Select(memo => (memo, TakenOff))], Posting));

    private World Written(CreditedPayment payment) => (this with
    {
        TakenOff = payment.OnMemos.SelectMany(memo => memo.Events).Aggregate(TakenOff, CreditMemo.Evolve),
    }).OnInvoice(_ => Decision.Of(payment.OnInvoice));

    /// <summary>What people do; a refusal is an outcome too, and changes nothing.</summary>
    private World Do(string deed) => deed switch
    {
        "void" => OnInvoice(invoice => InvoiceDecider.Void(invoice, "entered twice", Posting)),
        "credit" => OnInvoice(invoice =>
            AdjustmentDecider.ApplyCredit(invoice, Ids.From("handshake", "credit"), Memo, 1, Usd(40), Posting)),
        "uncredit" => OnInvoice(invoice =>
            AdjustmentDecider.UnapplyCredit(invoice, Ids.From("handshake", "credit"), Memo, Posting)),
        "void-memo" => this with
        {
            TakenOff = CreditMemoDecider.Void(TakenOff, "wrong", Posting).Events.Aggregate(TakenOff, CreditMemo.Evolve),
        },
        "write-off" => OnInvoice(invoice =>
            AdjustmentDecider.WriteOff(invoice, Ids.From("handshake", "write-off"), 1, null, Posting)),
        "undo" => OnReceipt("a", receipt => ReceiptDecider.Undo(receipt, ReceiptId("a"), "wrong", Due)),
        "unapply" => OnReceipt("a", receipt =>
            ReceiptDecider.Unapply(receipt, ReceiptId("a"), [AllocationId("a")], "wrong")),
        "bounce-part" => OnReceipt("a", receipt => ReceiptDecider.ReversePart(
            receipt, ReceiptId("a"), new PartialReversal(Ids.From("handshake", "part"), Usd(20), "nsf"), Due)),
        "take-memo-back" => TakeMemoBack(),
        "bounce" => OnReceipt("a", receipt => ReceiptDecider.Reverse(receipt, ReceiptId("a"), "nsf", "R01", Today)),
        _ => throw new ArgumentOutOfRangeException(nameof(deed), deed, "Nobody does this."),
    };

    /// <summary>A person takes the credit memo back, and leaves the money.</summary>
    private World TakeMemoBack()
    {
        if (TakenOff.Applications.IsEmpty)
            return this;
        var settlement = new CreditSettlement(TakenOffId, TakenOff, Posting, () => Guid.Empty);
        var takenBack = settlement.TakeBack(TakenOff.Applications.Keys.Single(), Invoice);
        return (this with { TakenOff = settlement.Memo }).OnInvoice(_ => takenBack);
    }

    private World OnReceipt(string name, Func<Receipt, Decision> decide)
    {
        var receipt = Receipts[name];
        var decision = decide(receipt);
        var after = decision.Events.Aggregate(receipt, Receipt.Evolve);
        return (this with { Receipts = Receipts.SetItem(name, after) })
            .Send(FromCash, ReceiptId(name), decision.Events);
    }

    private World OnInvoice(Func<Invoice, Decision> decide)
    {
        var decision = decide(Invoice);
        return (this with { Invoice = decision.Events.Aggregate(Invoice, Invoice.Evolve) })
            .Send(FromInvoicing, InvoiceId, decision.Events);
    }

    /// <summary>Of what is published, what the other service reads of the handshake.</summary>
    private World Send(Publications publications, Guid stream, IReadOnlyList<object> events) => this with
    {
        InFlight = InFlight.AddRange(
            from fact in events
            from message in publications.Of(Stored(stream, fact))
            where message.Contract is Cash.AllocationRequested or Cash.AllocationReversalRequested
                or Contract.PaymentApplied or Contract.PaymentApplicationRejected or Contract.PaymentReversed
            select new Message(Describe(message.Contract), message.Contract, 2, IsNew: true)),
    };

    private static StoredEvent Stored(Guid stream, object fact) => new()
    {
        Id = Ids.From("handshake", "event", fact.ToString()!),
        StreamId = stream,
        Version = 1,
        Type = "any",
        Data = fact,
        At = Now,
        Metadata = new EventMetadata("test"),
    };

    private static string Describe(object contract) => contract switch
    {
        Cash.AllocationRequested m => $"ask {NameOf(m.ReceiptId, m.AllocationId)}",
        Cash.AllocationReversalRequested m => $"ask back {NameOf(m.ReceiptId, m.AllocationId)}",
        Contract.PaymentApplied m => $"applied {NameOf(m.ReceiptId, m.AllocationId)}",
        Contract.PaymentApplicationRejected m => $"rejected {NameOf(m.ReceiptId, m.AllocationId)}",
        Contract.PaymentReversed m => $"reversed {NameOf(m.ReceiptId, m.AllocationId)}",
        _ => contract.GetType().Name,
    };

    private static string NameOf(Guid receiptId) => receiptId == ReceiptId("a") ? "a" : "b";

    /// <summary>What is asked for again of a receipt is another allocation of it.</summary>
    private static string NameOf(Guid receiptId, Guid allocationId) =>
        NameOf(receiptId) is var name && allocationId == AllocationId(name) ? name : $"{name}, again {allocationId:N}";

    private static string Text(Receipt receipt)
    {
        var (balance, allocations) = (receipt.Balance, receipt.InOrder()
            .Select(allocation => $"{allocation.Status}{(allocation.Withdrawn is null ? "" : "-withdrawn")}" +
                $"{allocation.Asked.Credits?.Count}{(allocation.Then is null ? "" : "-then")}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{balance.Unapplied.Amount}/{balance.Pending.Amount}/{balance.Applied.Amount}/{balance.Reversed.Amount}/" +
            $"{balance.IsReversed}/{receipt.Decisions.Count}/{string.Join(';', allocations)}");
    }

    private static string Text(Invoice invoice)
    {
        var lost = invoice.WrittenOff.Values.Sum(money => money.Amount);
        var states = invoice.Allocations.OrderBy(pair => pair.Key).Select(pair => pair.Value.State);
        return string.Create(CultureInfo.InvariantCulture,
            $"{invoice.Balance.Amount}/{invoice.IsVoid}/{invoice.Credits.Count}/{lost}/{string.Join(';', states)}");
    }
}
