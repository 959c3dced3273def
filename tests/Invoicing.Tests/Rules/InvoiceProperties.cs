using FsCheck;
using FsCheck.Fluent;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// What must hold after any story: payments, reversals and voids in any order, any of them any number of times.
/// </summary>
public class InvoiceProperties
{
    private enum Kind
    {
        Apply,
        Reverse,
        Void,
    }

    private sealed record Step(Kind Kind, int Allocation, int Cents);

    private static readonly Arbitrary<Step[]> Stories = (
        from kind in Gen.Frequency(
            (6, Gen.Constant(Kind.Apply)), (4, Gen.Constant(Kind.Reverse)), (1, Gen.Constant(Kind.Void)))
        from allocation in Gen.Choose(1, 6)
        from cents in Gen.Choose(1, 12_000)
        select new Step(kind, allocation, cents)).ArrayOf().ToArbitrary();

    [Fact]
    public void Total_is_open_plus_applied_and_nothing_is_applied_twice() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Stories, story =>
        {
            var invoice = Invoice.Evolve(Invoice.Initial, Some.Issued());
            foreach (var step in story)
            {
                var decision = Decide(invoice, step);
                invoice = decision.Events.Aggregate(invoice, Invoice.Evolve);
                var live = invoice.Allocations.Values.Where(allocation => allocation.State == AllocationState.Applied);
                var applied = Money.Sum(live.Select(allocation => allocation.Amount), Currency.Of("USD"));

                invoice.Applied.ShouldBe(applied);
                (invoice.IsVoid ? invoice.Balance : invoice.Balance + applied)
                    .ShouldBe(invoice.IsVoid ? Some.Usd(0) : invoice.Issued!.Total);
                invoice.Balance.IsNegative.ShouldBeFalse();
                Decide(invoice, step).Events.Where(e => e is not InvoiceVoided).ShouldBeEmpty();
            }
        }));

    [Fact]
    public void Every_financial_event_balances_and_moves_the_control_account_by_its_movements() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Stories, story =>
        {
            var issued = Some.Issued();
            var invoice = Invoice.Evolve(Invoice.Initial, issued);
            List<object> events = [issued];
            foreach (var step in story)
            {
                var decided = Decide(invoice, step).Events;
                events.AddRange(decided);
                invoice = decided.Aggregate(invoice, Invoice.Evolve);
            }

            var postings = events.Select(e => Posting.Of(Stored(e))).OfType<Posting>().ToList();
            foreach (var posting in postings)
            {
                var lines = posting.Entry.Lines;
                lines.Sum(line => line.Debit.Amount).ShouldBe(lines.Sum(line => line.Credit.Amount));
                lines.Where(line => line.Role == AccountRoles.Receivables)
                    .Sum(line => line.Debit.Amount - line.Credit.Amount)
                    .ShouldBe(posting.Movements.Sum(movement => movement.Amount.Amount));
            }

            postings.Sum(posting => posting.Movements.Sum(movement => movement.Amount.Amount))
                .ShouldBe(invoice.Balance.Amount);
        }));

    [Fact]
    public void Requests_and_their_reversals_end_the_same_in_any_order() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Gen.Shuffle(Enumerable.Range(0, 8).SelectMany(n => new[] { n, n })).ToArbitrary(), order =>
        {
            // Four allocations of 25.00 with their reversals, each message twice.
            var invoice = Invoice.Evolve(Invoice.Initial, Some.Issued());
            foreach (var n in order)
            {
                var step = new Step(n < 4 ? Kind.Apply : Kind.Reverse, (n % 4) + 1, 2_500);
                invoice = Decide(invoice, step).Events.Aggregate(invoice, Invoice.Evolve);
            }

            invoice.Balance.ShouldBe(Some.Usd(100));
            invoice.Allocations.Values.ShouldAllBe(allocation => allocation.State == AllocationState.Reversed);
        }));

    private static Decision Decide(Invoice invoice, Step step) => step.Kind switch
    {
        Kind.Apply => InvoiceDecider.ApplyPayment(
            invoice, Some.Payment(step.Allocation, step.Cents / 100m), Some.Context),
        Kind.Reverse => InvoiceDecider.ReversePayment(
            invoice, Some.Reversal(step.Allocation, step.Cents / 100m), Some.Context),
        _ => InvoiceDecider.Void(invoice, "no longer wanted", Some.Context),
    };

    private static StoredEvent Stored(object data) => new()
    {
        Id = Ids.From("event", "1"),
        StreamId = Ids.From("invoice", "1"),
        Version = 1,
        Type = "any",
        Data = data,
        At = Some.Now,
        Metadata = new EventMetadata("test"),
    };
}
