using System.Collections.Immutable;
using System.Globalization;
using OrderToCash.CashApplication.Integration;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
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

/// <summary>
/// Both services and the broker between them as one value: a credit memo of 100.00 for an invoice on which 100.00 were
/// paid, its refunds on both sides, what is on its way and what people and the bank may still do. Steps use the
/// services' own deciders and publications. Invoicing hears everything days after it happened.
/// </summary>
internal sealed record CreditRefundWorld(
    CreditMemo Memo, Invoice Invoice, ImmutableSortedDictionary<string, Refund> Refunds,
    ImmutableList<Message> InFlight, ImmutableSortedSet<string> Deeds)
{
    public static readonly Guid InvoiceId = Ids.From("credit-refund", "invoice");
    public static readonly Guid MemoId = Ids.From("credit-refund", "memo");
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);
    public static readonly DateOnly Today = new(2026, 11, 23);
    public static readonly PostingContext Posting = new(Now, AccountingCalendar.Initial);

    private static readonly PostingContext Later = new(Now.AddDays(5), AccountingCalendar.Initial);
    private static readonly PayingAccount Account = new("US01-MAIN", "1000");
    private static readonly Publications FromCash = CashPublications.Create();
    private static readonly Publications FromInvoicing = InvoicingPublications.Create();

    /// <summary>What was posted on cash clearing on either side, and on the bank, by day.</summary>
    public ImmutableList<(DateOnly Day, string Role, decimal Amount)> Posted { get; init; } = [];

    /// <summary>True while the payment on the invoice has bounced and did not come again.</summary>
    public bool HasBounced { get; init; }

    /// <summary>Words of Invoicing's log that the other side is told.</summary>
    public long Written { get; init; }

    public static Guid RefundId(string name) => Ids.From("credit-refund", name);

    /// <summary>Everything that may happen next.</summary>
    public IEnumerable<CreditRefundWorld> Steps() =>
        InFlight.Select(Deliver).Concat(Deeds.Select(deed => (this with { Deeds = Deeds.Remove(deed) }).Do(deed)));

    /// <summary>Two worlds with the same text have the same future.</summary>
    public string Key() => string.Join('|',
    [
        Text(Memo), Text(Invoice),
        .. Refunds.Select(pair => $"{pair.Key}:{pair.Value.Status}{pair.Value.WithdrawnFor}" +
            $"{pair.Value.WithdrawnAt}/{pair.Value.ApprovedAt}"),
        string.Join(',', InFlight.Select(message => $"{message.Name}@{message.Sequence}*{message.Left}{message.IsNew}")
            .Order(StringComparer.Ordinal)),
        string.Join(',', Deeds),
    ]);

    private CreditRefundWorld Deliver(Message message)
    {
        var rest = InFlight.Remove(message);
        var world = this with
        {
            InFlight = message.Left > 1 ? rest.Add(message with { Left = message.Left - 1, IsNew = false }) : rest,
        };
        return message.Body switch
        {
            Contract.CreditRefundApproved m => world.OnRefund(NameOf(m.RefundId), refund => RefundDecider.Take(
                refund,
                new CreditRefundRequested(
                    m.LegalEntity, m.CreditMemoId, m.Number, m.Reference, m.CustomerId, m.Amount.ToMoney(),
                    new Payee(m.Payee!.Name, m.Payee.Iban), m.Reason, m.RequestedBy, m.ApprovedBy,
                    m.ClearingAccount, message.Sequence))),
            Contract.CreditRefundWithdrawn m => world.OnRefund(
                NameOf(m.RefundId), refund => RefundDecider.Withdraw(refund, m.Reason, message.Sequence)),
            Cash.CreditRefundChanged m => world.Settle(CreditRefundOutcome.Of(
                m.CreditMemoId, world.Memo, world.Invoice, new PaymentOfRefund(m.RefundId, m.PaidOn, m.ReturnedOn),
                null, Later)),
            _ => throw new InvalidOperationException($"Nobody reads {message.Body.GetType().Name}."),
        };
    }

    private CreditRefundWorld Settle(CreditRefundOutcome outcome)
    {
        outcome.Refusal.ShouldBeNull();
        return OnInvoicing(outcome.OnMemo, outcome.OnInvoice);
    }

    /// <summary>What people and the bank do; a refusal is an outcome too, and changes nothing.</summary>
    private CreditRefundWorld Do(string deed)
    {
        var name = deed[^1..];
        return deed[..^2] switch
        {
            "approve" => Approve(name, "DE89370400440532013000"),
            "misdirect" => Approve(name, "DE00370400440532013000"),
            "file" => OnRefund(name, refund => RefundDecider.PutIntoFile(refund, RefundId(name), RefundId("file"))),
            "release" => OnRefund(name, refund =>
                RefundDecider.Pay(refund, RefundId(name), RefundId("file"), Account, Today)),
            "drop" => OnRefund(name, refund => RefundDecider.TakeOutOfFile(refund, RefundId(name), RefundId("file"))),
            "cancel" => OnRefund(name, refund => RefundDecider.Cancel(refund, RefundId(name), "not wanted")),
            "return" => OnRefund(name, refund =>
                RefundDecider.Return(refund, RefundId(name), "account closed", Account, Today.AddDays(2))),
            "apply" => OnInvoicing(
                CreditMemoDecider.Apply(
                    Memo, RefundId($"apply {name}"),
                    new CreditApplication(RefundId("other"), "INV-2", 1, World.Usd(50))).Events, []),
            "keep" when Memo.ToldToPay.Contains(RefundId(name)) => this,
            "keep" => OnBoth(
                CreditRefundDecider.Reserve(Memo, RefundId(name), World.Usd(60), $"E2E-{name}", isPaidByCash: true),
                AdjustmentDecider.ReserveRefund(Invoice, MemoId, RefundId(name), World.Usd(60))),
            "bounce" => (this with { HasBounced = true }).OnInvoicing([], InvoiceDecider.ReversePayment(
                Invoice, new ReversePayment(World.AllocationId("a"), World.ReceiptId("a"), 1, World.Usd(100), "nsf"),
                Posting).Events),
            "repay" when HasBounced => (this with { HasBounced = false }).OnInvoicing([], InvoiceDecider.ApplyPayment(
                Invoice,
                new ApplyPayment(World.AllocationId("b"), World.ReceiptId("b"), 1, World.Usd(100), Today, "2400"),
                Posting).Events),
            "repay" => this,
            _ => throw new ArgumentOutOfRangeException(nameof(deed), deed, "Nobody does this."),
        };
    }

    private CreditRefundWorld Approve(string name, string iban)
    {
        var (id, amount) = (RefundId(name), World.Usd(60));
        var onMemo = CreditRefundDecider.Approve(Memo, new CreditMemoRefundApproved(
            id, "CM-1", Memo.Issued!.CustomerId, "US01", amount, $"E2E-{name}", "1090", "goods came back", "ana", "mia",
            new RefundPayee("Globex", iban)), Posting);
        var onInvoice = AdjustmentDecider.ReserveRefund(Invoice, MemoId, id, amount);
        return OnBoth(onMemo, onInvoice);
    }

    /// <summary>All or nothing of the two sides, as in one transaction.</summary>
    private CreditRefundWorld OnBoth(Decision onMemo, Decision onInvoice) =>
        onMemo.IsRefused || onInvoice.IsRefused ? this : OnInvoicing(onMemo.Events, onInvoice.Events);

    private CreditRefundWorld OnInvoicing(IReadOnlyList<object> onMemo, IReadOnlyList<object> onInvoice) => (this with
    {
        Memo = onMemo.Aggregate(Memo, CreditMemo.Evolve),
        Invoice = onInvoice.Aggregate(Invoice, Invoice.Evolve),
        Posted = Posted.AddRange(onMemo.OfType<IFinancialEvent>().SelectMany(fact => fact.Entry.Lines
            .Where(line => line.Role == AccountRoles.CashClearing)
            .Select(line => (fact.Entry.PostingDate, line.Role, line.Debit.Amount - line.Credit.Amount)))),
    }).Send(FromInvoicing, MemoId, onMemo).Send(FromInvoicing, InvoiceId, onInvoice);

    private CreditRefundWorld OnRefund(string name, Func<Refund, Decision> decide)
    {
        var refund = Refunds.GetValueOrDefault(name, Refund.Initial);
        var decided = decide(refund).Events;
        var entries = decided.Select(fact => fact switch
        {
            CreditRefundPaid paid => paid.Entry,
            CreditRefundReturned returned => returned.Entry,
            _ => null,
        }).OfType<CashApplication.Receipts.JournalEntry>();
        return (this with
        {
            Refunds = Refunds.SetItem(name, decided.Aggregate(refund, Refund.Evolve)),
            Posted = Posted.AddRange(entries.SelectMany(entry => entry.Lines
                .Select(line => (entry.PostingDate, line.Role, line.Debit.Amount - line.Credit.Amount)))),
        }).Send(FromCash, RefundId(name), decided);
    }

    /// <summary>Of what is published, what the other service reads of it.</summary>
    private CreditRefundWorld Send(Publications publications, Guid stream, IReadOnlyList<object> events)
    {
        var told = (
            from fact in events
            from message in publications.Of(Stored(stream, fact))
            where message.Contract is Contract.CreditRefundApproved or Contract.CreditRefundWithdrawn
                or Cash.CreditRefundChanged
            select message.Contract).ToList();
        var ofInvoicing = publications == FromInvoicing ? told.Count : 0;
        return this with
        {
            InFlight = InFlight.AddRange(told.Select((contract, index) => new Message(
                Describe(contract), contract, 2, IsNew: true, ofInvoicing > 0 ? Written + index + 1 : 0))),
            Written = Written + ofInvoicing,
        };
    }

    private static StoredEvent Stored(Guid stream, object fact) => new()
    {
        Id = Ids.From("credit-refund", "event", fact.ToString()!),
        StreamId = stream,
        Version = 1,
        Type = "any",
        Data = fact,
        At = Now,
        Metadata = new EventMetadata("test"),
    };

    private static string Describe(object contract) => contract switch
    {
        Contract.CreditRefundApproved m => $"approved {NameOf(m.RefundId)}",
        Contract.CreditRefundWithdrawn m => $"withdrawn {NameOf(m.RefundId)}",
        Cash.CreditRefundChanged m => $"{m.Status} {NameOf(m.RefundId)}",
        _ => contract.GetType().Name,
    };

    private static string NameOf(Guid refundId) => refundId == RefundId("a") ? "a" : "b";

    private static string Text(CreditMemo memo) => string.Create(CultureInfo.InvariantCulture,
        $"{memo.Open.Amount}/{memo.Applications.Count}/{string.Join(';', memo.Reserved.Keys)}/" +
        $"{string.Join(';', memo.Refunds.Keys)}/{memo.ToldToPay.Count}/{memo.ReturnedRefunds.Count}");

    private static string Text(Invoice invoice) => string.Create(CultureInfo.InvariantCulture,
        $"{invoice.PutIn.Amount}/{invoice.Refunds.Count}/{invoice.ReservedRefunds.Count}");
}
