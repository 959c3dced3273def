using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class AdjustingInvoices
{
    private static readonly CreditSource Memo = new(Some.Allocation(77), "CM-US01-2026-000001", Some.Today);

    /// <summary>D-23: a partial credit turned the invoice paid.</summary>
    [Fact]
    public void D23_a_partial_credit_leaves_the_invoice_partially_paid() =>
        Some.Invoices.Given(Some.Issued())
            .When(invoice => AdjustmentDecider.ApplyCredit(invoice, Some.NewId(), Memo, 1, Some.Usd(40), Some.Context))
            .ThenState(invoice =>
            {
                (invoice.Status, invoice.Balance).ShouldBe((InvoiceStatus.PartiallyPaid, Some.Usd(60)));
                InvoiceDecider.Void(invoice, "duplicate", Some.Context).Refusal!.Code.ShouldBe("invoice-has-payments");
            });

    [Fact]
    public void The_same_application_again_changes_nothing()
    {
        var id = Some.NewId();
        var applied = AdjustmentDecider.ApplyCredit(Open(), id, Memo, 1, Some.Usd(40), Some.Context).Events;

        Some.Invoices.Given([Some.Issued(), .. applied])
            .When(invoice => AdjustmentDecider.ApplyCredit(invoice, id, Memo, 1, Some.Usd(40), Some.Context))
            .ThenNothing();
    }

    [Fact]
    public void I18_credit_memos_never_come_to_more_than_was_billed()
    {
        var credited = AdjustmentDecider.Credit(Open(), Memo, Some.Usd(70)).Events;

        Some.Invoices.Given([Some.Issued(), .. credited])
            .When(invoice => AdjustmentDecider.Credit(
                invoice, Memo with { CreditMemoId = Some.NewId() }, Some.Usd(30.01m)))
            .ThenRefused("exceeds-creditable");
        Some.Invoices.Given([Some.Issued(), .. credited, new InvoiceCreditWithdrawn(Memo.CreditMemoId, Some.Usd(70))])
            .When(invoice => AdjustmentDecider.Credit(invoice, Memo, Some.Usd(100)))
            .ThenState(invoice => invoice.Creditable.IsZero.ShouldBeTrue());
    }

    [Fact]
    public void What_is_given_up_is_charged_to_the_allowance_and_can_come_back()
    {
        var lost = AdjustmentDecider.WriteOff(Open(), Some.NewId(), 1, null, Some.Context).Events;
        ((WrittenOff)lost[0]).Entry.Lines.Select(line => (line.Account, line.Debit.Amount, line.Credit.Amount))
            .ShouldBe([("1290", 100m, 0m), ("1200", 0m, 100m)]);

        Some.Invoices.Given([Some.Issued(), .. lost])
            .When(invoice => AdjustmentDecider.Recover(invoice, Some.NewId(), 1, Some.Usd(30), Some.Context))
            .ThenState(invoice =>
            {
                (invoice.Status, invoice.Balance).ShouldBe((InvoiceStatus.PartiallyPaid, Some.Usd(30)));
                AdjustmentDecider.Recover(invoice, Some.NewId(), 1, Some.Usd(70.01m), Some.Context)
                    .Refusal!.Code.ShouldBe("exceeds-written-off");
            });
        Some.Invoices.Given([Some.Issued(), .. lost])
            .When(invoice => AdjustmentDecider.WriteOff(invoice, Some.NewId(), 1, null, Some.Context))
            .ThenRefused("nothing-open");
        lost.Aggregate(Open(), Invoice.Evolve).Status.ShouldBe(InvoiceStatus.WrittenOff);
    }

    [Fact]
    public void A_moved_due_date_keeps_the_one_first_agreed()
    {
        var agreed = Some.Issued().Installments[0].DueDate;
        var moved = Reschedule(Open(), agreed.AddDays(30)).Events;

        Some.Invoices.Given([Some.Issued(), .. moved])
            .When(invoice => Reschedule(invoice, agreed.AddDays(60)))
            .ThenState(invoice =>
            {
                var item = invoice.Items().ShouldHaveSingleItem();
                (item.DueDate, item.OriginalDueDate).ShouldBe((agreed.AddDays(60), agreed));
            });
        Some.Invoices.Given([Some.Issued(), .. moved]).When(invoice => Reschedule(invoice, agreed.AddDays(30)))
            .ThenNothing();
        Some.Invoices.Given(Some.Issued()).When(invoice => Reschedule(invoice, Some.Today.AddDays(-1)))
            .ThenRefused("due-date-out-of-range");
        Some.Invoices.Given(Some.Applied(Some.Issued(), 1, 100)).When(invoice => Reschedule(invoice, Some.Today))
            .ThenRefused("nothing-open");
    }

    [Fact]
    public void Another_plan_takes_a_due_date_over_that_stays_the_same_and_nothing_is_aged_otherwise()
    {
        var day = Some.Issued().Installments[0].DueDate.AddDays(30);
        object[] moved = [Some.Issued(), .. Reschedule(Open(), day).Events];
        var invoice = moved.Aggregate(Invoice.Initial, Invoice.Evolve);
        var taken = AdjustmentDecider.Reschedule(invoice, [new NewDueDate(1, day)], "payment-plan 8", Some.Context)
            .Events.ShouldHaveSingleItem();

        Some.Invoices.Given([.. moved, taken]).When(now => Reschedule(now, day)).ThenState(
            now => now.MovedBy[1].ShouldBe("payment-plan 7"));
        Posting.Of(new StoredEvent
        {
            Id = Some.NewId(),
            StreamId = Some.NewId(),
            Version = 3,
            Type = "installment_rescheduled",
            Data = taken,
            At = DateTimeOffset.UnixEpoch,
            Metadata = new EventMetadata("test"),
        }).ShouldNotBeNull().Movements.ShouldBeEmpty();
    }

    [Fact]
    public void What_people_mark_as_disputed_stands_beside_what_collections_holds_back()
    {
        var (by, fifty) = (Some.Allocation(1), AdjustmentDecider.MarkDisputed(Open(), 1, Some.Usd(50), Some.Context));
        var invoice = fifty.Events.Aggregate(Open(), Invoice.Evolve);
        Dispute(30, 1).ShouldBe(Some.Usd(80));
        Dispute(0, 2).ShouldBe(Some.Usd(50));
        Dispute(40, 3).ShouldBe(Some.Usd(90));

        var end = AdjustmentDecider.MarkDisputed(invoice, 1, Some.Usd(0), Some.Context).Events;

        ((DisputeMarked)end[0]).Item.Disputed.ShouldBe(Some.Usd(40));
        end.Aggregate(invoice, Invoice.Evolve).DisputedOn(1).ShouldBe(Some.Usd(40));
        AdjustmentDecider.MarkDisputed(invoice, 1, Some.Usd(50), Some.Context).Events.ShouldBeEmpty();

        Money Dispute(decimal amount, long version)
        {
            var source = new DisputeSource(by, Some.Usd(amount), version);
            invoice = AdjustmentDecider.NoteDispute(invoice, 1, source, Some.Context).Events
                .Aggregate(invoice, Invoice.Evolve);
            return invoice.DisputedOn(1);
        }
    }

    [Fact]
    public void Marks_of_before_they_stood_apart_leave_what_collections_holds_back()
    {
        var noted = AdjustmentDecider.NoteDispute(
            Open(), 1, new DisputeSource(Some.Allocation(1), Some.Usd(30), 1), Some.Context).Events;
        var invoice = noted.Aggregate(Open(), Invoice.Evolve);
        var old = (DisputeMarked)AdjustmentDecider.MarkDisputed(invoice, 1, Some.Usd(20), Some.Context).Events[0];

        Invoice.Evolve(invoice, old with { Marked = null }).DisputedOn(1).ShouldBe(Some.Usd(50));
        Invoice.Evolve(invoice, old with { Marked = null, Item = old.Item with { Disputed = null } })
            .DisputedOn(1).ShouldBe(Some.Usd(30));
    }

    [Fact]
    public void A_credit_takes_back_no_tax_that_was_not_billed_and_no_net_twice()
    {
        var untaxed = Open();
        var taxed = Invoice.Evolve(Invoice.Initial, InvoiceDecider.Issue(
            Invoice.Initial, Some.Draft(Some.Wish(Some.Line(1, 100, 0.2m), Some.Line(1, 50, 0, taxCode: "Z"))), "INV-2")
            .Events[0]);

        Credit(untaxed, 50, 50, 1).ShouldBe("exceeds-billed");
        Credit(taxed, 50, 10, 0.25m).ShouldBe("exceeds-billed");
        Credit(taxed, 100, 20.01m, 0.2m).ShouldBe("exceeds-billed");
        Credit(taxed, 150.01m, 0, 0, "Z").ShouldBe("exceeds-billed");
        Credit(taxed, 100, 20, 0.2m).ShouldBeNull();
        var credited = AdjustmentDecider.Credit(
            taxed, Source(1), Some.Usd(60), [new TaxShare("TX", 0.2m, Some.Usd(50), Some.Usd(10))]).Events
            .Aggregate(taxed, Invoice.Evolve);
        credited.TaxesLeft.Select(tax => (tax.Net.Amount, tax.Tax.Amount)).ShouldBe([(50m, 10m), (50m, 0m)]);
        Credit(credited, 50, 10.01m, 0.2m).ShouldBe("exceeds-billed");
        Credit(credited, 50, 10, 0.2m).ShouldBeNull();

        // What names no tax is of those that were billed at its rate.
        Credit(taxed, 100, 20.01m, 0.2m, null).ShouldBe("exceeds-billed");
        AdjustmentDecider.Credit(
            taxed, Source(3), Some.Usd(60), [new TaxShare(null, 0.2m, Some.Usd(50), Some.Usd(10))]).Events
            .Aggregate(taxed, Invoice.Evolve).TaxesLeft.ShouldBe(credited.TaxesLeft);

        // One that does not say of which tax it was, as those of before they were told, bounds the whole alone.
        var old = Invoice.Evolve(taxed, new InvoiceCredited(Some.Allocation(4), "CM-4", Some.Usd(50)));
        Credit(old, 100, 20, 0.2m).ShouldBeNull();
        Credit(old, 100.01m, 20, 0.2m).ShouldBe("exceeds-creditable");
        Credit(old, 90, 20.01m, 0.2m).ShouldBe("exceeds-billed");

        static string? Credit(Invoice invoice, decimal net, decimal tax, decimal rate, string? code = "TX") =>
            AdjustmentDecider.Credit(
                invoice, Source(2), Some.Usd(net + tax), [new TaxShare(code, rate, Some.Usd(net), Some.Usd(tax))])
            .Refusal?.Code;

        static CreditSource Source(int number) => new(Some.Allocation(number), "CM", Some.Today);
    }

    [Fact]
    public void A_dispute_stays_owed_and_shrinks_with_what_is_open()
    {
        var marked = AdjustmentDecider.MarkDisputed(Open(), 1, Some.Usd(80), Some.Context).Events;

        Some.Invoices.Given([Some.Issued(), .. marked])
            .When(invoice => InvoiceDecider.ApplyPayment(invoice, Some.Payment(1, 50), Some.Context))
            .ThenState(invoice =>
            {
                (invoice.Balance, invoice.DisputedOn(1)).ShouldBe((Some.Usd(50), Some.Usd(50)));
                AdjustmentDecider.MarkDisputed(invoice, 1, Some.Usd(50.01m), Some.Context)
                    .Refusal!.Code.ShouldBe("exceeds-balance");
            });
        Some.Invoices.Given([Some.Issued(), .. marked])
            .When(invoice => AdjustmentDecider.MarkDisputed(invoice, 1, Some.Usd(0), Some.Context))
            .ThenState(invoice => invoice.DisputedOn(1).IsZero.ShouldBeTrue());
    }

    [Fact]
    public void I18_what_was_written_off_is_not_credited_too_until_it_is_recovered()
    {
        object[] lost = [Some.Issued(), .. AdjustmentDecider.WriteOff(
            Open(), Some.NewId(), 1, Some.Usd(60), Some.Context).Events];
        Some.Invoices.Given(lost).When(invoice => AdjustmentDecider.Credit(invoice, Memo, Some.Usd(40.01m)))
            .ThenRefused("exceeds-creditable");
        Some.Invoices.Given(lost).When(invoice => AdjustmentDecider.Credit(invoice, Memo, Some.Usd(40)))
            .ThenState(invoice => invoice.Creditable.IsZero.ShouldBeTrue());

        var back = AdjustmentDecider.Recover(
            lost.Aggregate(Invoice.Initial, Invoice.Evolve), Some.NewId(), 1, null, Some.Context).Events;
        Some.Invoices.Given([.. lost, .. back])
            .When(invoice => AdjustmentDecider.Credit(invoice, Memo, Some.Usd(100)))
            .ThenState(invoice => invoice.Creditable.IsZero.ShouldBeTrue());
    }

    [Fact]
    public void I18_what_was_credited_elsewhere_is_not_written_off_too_nor_deducted()
    {
        object[] credited = [Some.Issued(), .. AdjustmentDecider.Credit(Open(), Memo, Some.Usd(99)).Events];
        Some.Invoices.Given(credited)
            .When(invoice => AdjustmentDecider.WriteOff(invoice, Some.NewId(), 1, null, Some.Context))
            .ThenRefused("credits-not-applied");
        Some.Invoices.Given(credited)
            .When(invoice => InvoiceDecider.ApplyPayment(
                invoice, Some.Payment(1, 98) with { Difference = Some.Usd(2) }, Some.Context))
            .ThenState(invoice => invoice.Allocations.Values.ShouldHaveSingleItem().State
                .ShouldBe(AllocationState.Rejected));
        InvoiceDecider.ApplyPayment(
            credited.Aggregate(Invoice.Initial, Invoice.Evolve),
            Some.Payment(1, 98) with { Difference = Some.Usd(2) }, Some.Context)
            .Events.ShouldHaveSingleItem().ShouldBeOfType<PaymentApplicationRejected>().Code
            .ShouldBe("credits-not-applied");
    }

    [Theory]
    [InlineData(100.01, 1, "USD", "exceeds-balance")]
    [InlineData(10, 2, "USD", "no-such-installment")]
    [InlineData(10, 1, "EUR", "exceeds-balance")]
    [InlineData(0, 1, "USD", "nothing-open")]
    [InlineData(-1, 1, "USD", "nothing-open")]
    public void D64_the_same_bounds_hold_on_every_way_to_lower_a_balance(
        double amount, int installment, string currency, string code)
    {
        var money = Money.Of((decimal)amount, currency);
        Func<Invoice, Decision>[] ways =
        [
            invoice => AdjustmentDecider.ApplyCredit(invoice, Some.NewId(), Memo, installment, money, Some.Context),
            invoice => AdjustmentDecider.WriteOff(invoice, Some.NewId(), installment, money, Some.Context),
            invoice => ChargeDecider.Waive(invoice, Some.NewId(), installment, money, Some.Context),
        ];

        foreach (var way in ways)
            Some.Invoices.Given(Some.Issued() with { Kind = DocumentKind.DebitMemo }).When(way).ThenRefused(code);
    }

    [Fact]
    public void A_void_invoice_is_left_as_it_is()
    {
        object[] events = [Some.Issued(), .. InvoiceDecider.Void(Open(), "duplicate", Some.Context).Events];
        Func<Invoice, Decision>[] ways =
        [
            invoice => AdjustmentDecider.Credit(invoice, Memo, Some.Usd(1)),
            invoice => AdjustmentDecider.ApplyCredit(invoice, Some.NewId(), Memo, 1, Some.Usd(1), Some.Context),
            invoice => AdjustmentDecider.WriteOff(invoice, Some.NewId(), 1, Some.Usd(1), Some.Context),
            invoice => Reschedule(invoice, Some.Today),
        ];

        foreach (var way in ways)
            Some.Invoices.Given(events).When(way).ThenRefused("invoice-void");
    }

    private static Decision Reschedule(Invoice invoice, DateOnly dueDate) =>
        AdjustmentDecider.Reschedule(invoice, [new NewDueDate(1, dueDate)], "payment-plan 7", Some.Context);

    private static Invoice Open() => Invoice.Evolve(Invoice.Initial, Some.Issued());
}
