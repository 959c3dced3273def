using OrderToCash.CashApplication.Receipts;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Handshake.Tests;

/// <summary>
/// The allocation handshake under every interleaving: all orders in which messages may arrive, each of them once or
/// twice, with people doing something on either side at every moment. Looked at whole, not by chance (I-01, I-02, I-08;
/// D-03, D-04, D-05, D-06, D-08).
/// </summary>
public sealed class The_handshake
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    private static readonly BillingAccount Account = new(
        Ids.From("handshake", "customer"), "USD", "NET 30", TaxRounding.Line,
        new Books("US01", "USD", "America/Chicago", Invoicing.Ledger.LedgerAccounts.Standard));

    /// <summary>Two payments for one invoice, and what people do meanwhile.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("void")]
    [InlineData("credit")]
    [InlineData("write-off")]
    [InlineData("undo")]
    [InlineData("bounce")]
    [InlineData("void,undo")]
    [InlineData("credit,write-off")]
    [InlineData("credit,uncredit,bounce")]
    [InlineData("write-off,bounce")]
    [InlineData("void,credit,bounce")]
    [InlineData("unapply,undo,write-off")]
    [InlineData("void,credit,write-off,undo")]
    [InlineData("credit,write-off,bounce,unapply")]
    public void agrees_in_the_end_and_loses_nothing_on_the_way(string deeds)
    {
        var explored = Explore(World.Begin(
            Issued(), deeds.Split(',', StringSplitOptions.RemoveEmptyEntries), ("a", 100m), ("b", 60m)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{deeds}: {explored} states");
        explored.ShouldBeGreaterThan(20);
    }

    /// <summary>D-01 in the small: two payments of the whole can never both be applied.</summary>
    [Fact]
    public void applies_one_of_two_whole_payments() => Explore(
        World.Begin(Issued(), [], ("a", 100m), ("b", 100m)),
        end => end.Receipts.Values.Count(receipt => receipt.Balance.Applied == World.Usd(100)).ShouldBe(1));

    /// <summary>
    /// Payments of 60 that each take off the same credit memo of 40: it is applied with one of them, or not.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData("void")]
    [InlineData("void-memo")]
    [InlineData("credit")]
    [InlineData("write-off")]
    [InlineData("undo")]
    [InlineData("bounce")]
    [InlineData("unapply")]
    [InlineData("void-memo,undo,bounce")]
    [InlineData("credit,void-memo,unapply")]
    public void applies_a_credit_memo_with_its_payment_or_neither(string deeds)
    {
        var explored = Explore(
            World.Begin(
                Issued(), Memo(), deeds.Split(',', StringSplitOptions.RemoveEmptyEntries), ("a", 60m), ("b", 60m)),
            end =>
            {
                var withMemo = end.Invoice.Credits.Values.Where(one => one.CreditMemoId == World.TakenOffId).ToList();
                end.TakenOff.Applications.Values.Select(one => one.Amount).ShouldBe(withMemo.Select(one => one.Amount));
                withMemo.Count.ShouldBeLessThanOrEqualTo(1);
                withMemo.Count.ShouldBe(
                    end.Invoice.Allocations.Values.Count(one => one.State == AllocationState.Applied));
            });
        TestContext.Current.TestOutputHelper?.WriteLine($"{deeds}: {explored} states");
        explored.ShouldBeGreaterThan(20);
    }

    /// <summary>
    /// What is taken back of a payment takes its credit memo with it, once; what stays of the payment has it again, and
    /// stays applied without it where it is void by then.
    /// </summary>
    [Theory]
    [InlineData("bounce-part", true)]
    [InlineData("bounce-part,bounce", false)]
    [InlineData("bounce-part,void-memo", null)]
    [InlineData("take-memo-back", null)]
    [InlineData("take-memo-back,bounce", false)]
    [InlineData("take-memo-back,undo,bounce-part", null)]
    public void takes_a_credit_memo_back_with_its_payment(string deeds, bool? isApplied)
    {
        var explored = Explore(
            World.Begin(Issued(), Memo(), deeds.Split(','), ("a", 60m)),
            end =>
            {
                var withMemo = end.Invoice.Credits.Values.Where(one => one.CreditMemoId == World.TakenOffId).ToList();
                end.TakenOff.Applications.Values.Select(one => one.Amount).ShouldBe(withMemo.Select(one => one.Amount));
                if (isApplied is { } applied)
                    withMemo.Count.ShouldBe(applied ? 1 : 0);
                if (deeds is "bounce-part" or "bounce-part,void-memo"
                    && end.Invoice.Allocations[World.AllocationId("a")].State == AllocationState.Reversed)
                {
                    end.Receipts["a"].Balance.Applied.ShouldBe(World.Usd(40));
                }

                if (end.Invoice.Allocations.Values.All(one => one.State != AllocationState.Applied))
                    withMemo.ShouldBeEmpty();
            });
        TestContext.Current.TestOutputHelper?.WriteLine($"{deeds}: {explored} states");
        explored.ShouldBeGreaterThan(5);
    }

    /// <summary>The exploration sees what it looks for: with a decider that forgets, it fails.</summary>
    [Fact]
    public void is_seen_to_fail_where_money_is_lost() => Should.Throw<ShouldAssertException>(() => Explore(
        World.Begin(Issued(), [], ("a", 100m)),
        end => end.Receipts["a"].Balance.Applied.ShouldBe(World.Usd(99))));

    private static int Explore(World first, Action<World>? atTheEnd = null)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { first.Key() };
        var open = new Stack<World>([first]);
        while (open.TryPop(out var world))
        {
            HoldsAlways(world);
            if (world.InFlight.All(message => !message.IsNew) && world.Deeds.IsEmpty)
            {
                HoldsInTheEnd(world);
                atTheEnd?.Invoke(world);
            }

            foreach (var (_, next) in world.Steps())
            {
                if (seen.Add(next.Key()))
                    open.Push(next);
            }
        }

        return seen.Count;
    }

    private static void HoldsAlways(World world)
    {
        foreach (var receipt in world.Receipts.Values)
            receipt.Balance.IsConserved.ShouldBeTrue(receipt.Balance.ToString());
        var invoice = world.Invoice;
        invoice.Balance.IsNegative.ShouldBeFalse();
        invoice.Balance.ShouldBeLessThanOrEqualTo(invoice.Issued!.Total);
        if (invoice.IsVoid)
        {
            invoice.Allocations.Values.ShouldAllBe(allocation => allocation.State != AllocationState.Applied);
            return;
        }

        var settled = invoice.Allocations.Values.Where(allocation => allocation.State == AllocationState.Applied)
            .Sum(allocation => allocation.Amount.Amount)
            + invoice.Credits.Values.Sum(credit => credit.Amount.Amount)
            + invoice.WrittenOff.Values.Sum(lost => lost.Amount);
        (invoice.Balance.Amount + settled).ShouldBe(invoice.Issued.Total.Amount);
    }

    /// <summary>Every message has come at least once: both sides say the same of every allocation.</summary>
    private static void HoldsInTheEnd(World world)
    {
        foreach (var allocation in world.Receipts.Values.SelectMany(receipt => receipt.Allocations.Values))
        {
            var theirs = world.Invoice.Allocations[allocation.Id].State;
            allocation.Status.ShouldBe(theirs switch
            {
                AllocationState.Applied => AllocationStatus.Confirmed,
                AllocationState.Rejected => AllocationStatus.Rejected,
                _ => AllocationStatus.Reversed,
            });
        }

        foreach (var receipt in world.Receipts.Values)
        {
            receipt.Balance.Pending.IsZero.ShouldBeTrue();
            if (receipt.Balance.IsReversed)
                receipt.Balance.Reversed.ShouldBe(receipt.Balance.Amount);
        }
    }

    private static CreditMemoIssued Memo()
    {
        var (draft, refusal) = CreditMemoDraft.Of(
            new IssueCreditMemo(Account.CustomerId, CreditReason.Goodwill,
                [new IssueInvoiceLine("Goodwill", 1, 40, 0, 0, null, null)]),
            Account, null, Now);
        refusal.ShouldBeNull();
        return CreditMemoDecider.Issue(draft!, "CM-US01-2026-000001");
    }

    private static Invoice Issued()
    {
        var day = new DateOnly(2026, 11, 23);
        var (draft, refusal) = InvoiceDraft.Of(
            new IssueInvoice(Account.CustomerId,
                [new IssueInvoiceLine("Widget", 1, 100, 0, 0, null, null)], day),
            Account, Now);
        refusal.ShouldBeNull();
        return Invoice.Evolve(
            Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, draft!, "INV-US01-2026-000001").Events[0]);
    }
}
