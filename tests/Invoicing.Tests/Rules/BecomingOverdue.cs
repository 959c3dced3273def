using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class BecomingOverdue
{
    /// <summary>Issued on 23 November 2026 for 90.00, due in 30, 60 and 90 days.</summary>
    private static readonly Invoice Split = Invoice.Evolve(Invoice.Initial, InvoiceDecider.Issue(
        Invoice.Initial, Some.Draft(Some.Wish(Some.Line(1, 90, 0)) with { Terms = "SPLIT 30/60/90" }),
        "INV-US01-2026-000001").Events[0]);

    /// <summary>D-42: neither the invoice's date nor the due day itself makes it overdue.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(23, 0)]
    [InlineData(30, 0)]
    [InlineData(31, 1)]
    [InlineData(60, 1)]
    [InlineData(61, 2)]
    [InlineData(400, 3)]
    public void D42_an_installment_is_overdue_from_the_day_after_its_due_date(int days, int overdue) =>
        OverdueDecider.Mark(Split, Some.Today.AddDays(days)).Events
            .Cast<InvoiceBecameOverdue>().Select(e => e.Item.Installment).ShouldBe(Enumerable.Range(1, overdue));

    /// <summary>D-41, I-21: the same moment is another day elsewhere.</summary>
    [Theory]
    [InlineData("Pacific/Pago_Pago")]
    [InlineData("America/Chicago")]
    [InlineData("UTC")]
    [InlineData("Asia/Kolkata")]
    [InlineData("Pacific/Kiritimati")]
    public void D41_the_due_day_ends_where_the_legal_entity_is(string zone)
    {
        var due = Split.Issued!.Installments[0].DueDate.ToDateTime(TimeOnly.MinValue);
        var end = new DateTimeOffset(due.AddDays(1), TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(due));

        OverdueDecider.Mark(Split, end.AddTicks(-1).DateIn(zone)).Events.ShouldBeEmpty();
        OverdueDecider.Mark(Split, end.DateIn(zone)).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void What_is_paid_given_up_or_void_does_not_become_overdue()
    {
        var paid = Some.Applied(Some.Issued(), 1, 100);
        var lost = AdjustmentDecider.WriteOff(
            Invoice.Evolve(Invoice.Initial, Some.Issued()), Some.NewId(), 1, Some.Usd(100), Some.Context).Events[0];
        var gone = InvoiceDecider.Void(
            Invoice.Evolve(Invoice.Initial, Some.Issued()), "duplicate", Some.Context).Events[0];

        foreach (object[] story in new object[][] { paid, [Some.Issued(), lost], [Some.Issued(), gone], [] })
        {
            OverdueDecider.Mark(story.Aggregate(Invoice.Initial, Invoice.Evolve), Some.Today.AddYears(1)).Events
                .ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_due_date_that_moves_may_pass_again()
    {
        var late = Some.Today.AddDays(31);
        var marked = Evolve(Split, OverdueDecider.Mark(Split, late));

        var moved = Evolve(marked, AdjustmentDecider.Reschedule(
            marked, [new NewDueDate(1, late.AddDays(10))], "payment-plan 7", Some.Context));

        OverdueDecider.Mark(moved, late.AddDays(10)).Events.ShouldBeEmpty();
        var again = OverdueDecider.Mark(moved, late.AddDays(11)).Events.ShouldHaveSingleItem();
        ((InvoiceBecameOverdue)again).Item.DueDate.ShouldBe(late.AddDays(10));
        ((InvoiceBecameOverdue)again).Item.OriginalDueDate.ShouldBe(late.AddDays(-1));
    }

    /// <summary>The clock looks on any days, and a payment comes and goes between.</summary>
    [Fact]
    public void Each_due_date_passes_once_however_often_and_late_the_clock_looks() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Gen.Choose(0, 200).ArrayOf().ToArbitrary(), days =>
        {
            var (invoice, told) = (Split, new List<InvoiceBecameOverdue>());
            foreach (var (day, index) in days.Select((day, index) => (day, index)))
            {
                var decision = index % 3 == 1
                    ? InvoiceDecider.ApplyPayment(invoice, Some.Payment(index, 30), Some.Context)
                    : index % 3 == 2
                    ? InvoiceDecider.ReversePayment(invoice, Some.Reversal(index - 1, 30), Some.Context)
                    : OverdueDecider.Mark(invoice, Some.Today.AddDays(day));
                told.AddRange(decision.Events.OfType<InvoiceBecameOverdue>());
                invoice = Evolve(invoice, decision);
            }

            var latest = days.Where((_, index) => index % 3 == 0).DefaultIfEmpty(0).Max();
            told.Select(e => (e.Item.Installment, e.Item.DueDate)).ShouldBeUnique();
            told.Count.ShouldBe(Split.Issued!.Installments.Count(
                due => due.DueDate < Some.Today.AddDays(latest)));
        }));

    private static Invoice Evolve(Invoice invoice, Decision decision) =>
        decision.Events.Aggregate(invoice, Invoice.Evolve);
}
