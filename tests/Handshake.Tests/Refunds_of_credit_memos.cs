using System.Collections.Immutable;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;
using PayingAccount = OrderToCash.CashApplication.Receipts.PayingAccount;

namespace OrderToCash.Handshake.Tests;

/// <summary>
/// The way of a credit memo's refund from Invoicing to the bank and back under every interleaving: all orders in which
/// messages may arrive, each of them once or twice, with people and the bank doing something at every moment. At each
/// of them no more is or may be paid out than is kept for it or booked as paid back (I-18).
/// </summary>
public sealed class Refunds_of_credit_memos
{
    private static readonly BillingAccount Account = new(
        Ids.From("credit-refund", "customer"), "USD", "NET 30", TaxRounding.Line,
        new Books("US01", "USD", "America/Chicago", LedgerAccounts.Standard));

    /// <summary>Refunds of 60.00 of the 100.00, and what people and the bank do meanwhile.</summary>
    [Theory]
    [InlineData("approve a,file a,release a")]
    [InlineData("approve a,file a,release a,return a")]
    [InlineData("approve a,cancel a,file a,release a")]
    [InlineData("approve a,approve b,file a,release a,file b,release b")]
    [InlineData("approve a,cancel a,approve b,file b,release b,return b")]
    [InlineData("misdirect a,approve b,file b,release b")]
    [InlineData("approve a,file a,drop a,cancel a,apply a")]
    [InlineData("approve a,apply a,apply b,file a,release a,return a")]
    [InlineData("approve a,file a,release a,return a,bounce a,approve b")]
    [InlineData("bounce a,approve a,approve b,file a,release a")]
    [InlineData("approve a,bounce a,file a,release a")]
    [InlineData("approve a,file a,bounce a,release a,drop a")]
    [InlineData("keep a,bounce a,repay a,approve a")]
    [InlineData("approve a,approve b,file a,release a,bounce a,repay a")]
    public void I18_come_to_what_was_credited_and_paid_at_most_and_agree_in_the_end(string deeds)
    {
        var explored = Explore(Begin(deeds));
        TestContext.Current.TestOutputHelper?.WriteLine($"{deeds}: {explored} states");
        explored.ShouldBeGreaterThan(5);
    }

    /// <summary>The exploration sees what it looks for.</summary>
    [Fact]
    public void Are_seen_to_fail_where_what_is_kept_is_forgotten()
    {
        var begun = Begin("approve a,file a,release a");
        Should.Throw<ShouldAssertException>(() => Explore(begun, world => world with
        {
            Memo = world.Memo with { Reserved = ImmutableSortedDictionary<Guid, ReservedRefund>.Empty },
        }));
    }

    private static int Explore(
        CreditRefundWorld first, Func<CreditRefundWorld, CreditRefundWorld>? spoil = null)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { first.Key() };
        var open = new Stack<CreditRefundWorld>([first]);
        while (open.TryPop(out var world))
        {
            HoldsAlways(world);
            if (world.InFlight.All(message => !message.IsNew) && world.Deeds.IsEmpty)
                HoldsInTheEnd(world);
            foreach (var next in world.Steps().Select(step => spoil?.Invoke(step) ?? step))
            {
                if (seen.Add(next.Key()))
                    open.Push(next);
            }
        }

        return seen.Count;
    }

    private static void HoldsAlways(CreditRefundWorld world)
    {
        var memo = world.Memo;
        memo.Available.IsNegative.ShouldBeFalse();
        foreach (var (name, refund) in world.Refunds)
        {
            if (refund.Status is not (RefundStatus.Approved or RefundStatus.InPayment or RefundStatus.Paid)
                || refund.Requested is not { } terms)
                continue;
            var id = CreditRefundWorld.RefundId(name);
            var held = memo.Reserved.TryGetValue(id, out var kept) ? kept.Amount
                : memo.Refunds.TryGetValue(id, out var paid) ? paid.Amount
                : World.Usd(0);
            held.ShouldBe(terms.Amount, $"{name} is {refund.Status}");
        }

        var paidOut = -world.Posted.Where(one => one.Role == "bank").Sum(one => one.Amount);
        var applied = memo.Applications.Values.Sum(one => one.Amount.Amount);
        paidOut.ShouldBeLessThanOrEqualTo(memo.Issued!.Total.Amount - applied);
        if (!world.HasBounced)
        {
            (world.Invoice.Refunded + Money.Sum(world.Invoice.ReservedRefunds.Values, world.Invoice.Currency))
                .ShouldBeLessThanOrEqualTo(world.Invoice.PutIn);
        }
    }

    /// <summary>
    /// Every message has come at least once: both sides say the same of every refund, and cash clearing was even on
    /// every day.
    /// </summary>
    private static void HoldsInTheEnd(CreditRefundWorld world)
    {
        foreach (var (name, refund) in world.Refunds.Where(one => one.Value.Requested is not null))
        {
            var id = CreditRefundWorld.RefundId(name);
            if (refund.Status == RefundStatus.Rejected && !IsMisdirected(refund))
                refund.WithdrawnAt.ShouldNotBeNull().ShouldBeGreaterThan(refund.ApprovedAt!.Value);
            (world.Memo.Reserved.ContainsKey(id), world.Memo.Refunds.ContainsKey(id)).ShouldBe((
                refund is { Requested: not null, Status: RefundStatus.Approved or RefundStatus.InPayment },
                refund.Status == RefundStatus.Paid));
            if (world.HasBounced)
                refund.Status.ShouldNotBe(RefundStatus.Approved, "nothing covers it any more");
            if (refund is { WithdrawnFor: { } reason, Status: RefundStatus.InPayment })
            {
                RefundDecider.Pay(
                    refund, id, refund.PaymentFileId!.Value, new PayingAccount("US01-MAIN", "1000"),
                    CreditRefundWorld.Today).Refusal!.Code.ShouldBe("refund-withdrawn", reason);
            }

            (world.Invoice.ReservedRefunds.ContainsKey(id), world.Invoice.Refunds.ContainsKey(id)).ShouldBe(
                (world.Memo.Reserved.ContainsKey(id), world.Memo.Refunds.ContainsKey(id)));
        }

        foreach (var day in world.Posted.Where(one => one.Role == AccountRoles.CashClearing).GroupBy(one => one.Day))
            day.Sum(one => one.Amount).ShouldBe(0);
        world.Posted.Where(one => one.Role == "bank").Sum(one => one.Amount)
            .ShouldBe(-world.Memo.Refunds.Values.Sum(one => one.Amount.Amount));
    }

    private static bool IsMisdirected(Refund refund) =>
        !OrderToCash.CashApplication.BankAccounts.Iban.IsValid(refund.Requested!.Payee.Iban!);

    /// <summary>An invoice of 100.00 that was paid, and a credit memo for all of it.</summary>
    private static CreditRefundWorld Begin(string deeds)
    {
        var lines = new[] { new IssueInvoiceLine("Widget", 1, 100, 0, 0, null, null) };
        var (invoiced, _) = InvoiceDraft.Of(
            new IssueInvoice(Account.CustomerId, lines, CreditRefundWorld.Today), Account, CreditRefundWorld.Now);
        var invoice = InvoiceDecider.Issue(Invoice.Initial, invoiced!, "INV-1").Events
            .Aggregate(Invoice.Initial, Invoice.Evolve);
        invoice = InvoiceDecider.ApplyPayment(
            invoice,
            new ApplyPayment(
                World.AllocationId("a"), World.ReceiptId("a"), 1, World.Usd(100), CreditRefundWorld.Today, "2400"),
            CreditRefundWorld.Posting).Events.Aggregate(invoice, Invoice.Evolve);
        var (credit, _) = CreditMemoDraft.Of(
            new IssueCreditMemo(
                Account.CustomerId, CreditReason.Return, lines, CreditRefundWorld.InvoiceId, Apply: false),
            Account, invoice.Issued, CreditRefundWorld.Now);
        var issued = CreditMemoDecider.Issue(credit!, "CM-1");
        invoice = AdjustmentDecider.Credit(
            invoice, new CreditSource(CreditRefundWorld.MemoId, "CM-1", CreditRefundWorld.Today), issued.Total).Events
            .Aggregate(invoice, Invoice.Evolve);
        return new CreditRefundWorld(
            CreditMemo.Evolve(CreditMemo.Initial, issued), invoice, ImmutableSortedDictionary<string, Refund>.Empty, [],
            [.. deeds.Split(',')]);
    }
}
