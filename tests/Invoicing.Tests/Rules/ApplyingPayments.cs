using OrderToCash.Contracts;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using Contract = OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Invoicing.Tests.Rules;

public class ApplyingPayments
{
    private static Decision Apply(Invoice invoice, ApplyPayment payment) =>
        InvoiceDecider.ApplyPayment(invoice, payment, Some.Context);

    private static Decision Reverse(Invoice invoice, ReversePayment reversal) =>
        InvoiceDecider.ReversePayment(invoice, reversal, Some.Context);

    [Fact]
    public void Part_of_the_amount_leaves_the_rest_open() =>
        Some.Invoices.Given(Some.Issued()).When(invoice => Apply(invoice, Some.Payment(1, 40))).ThenState(invoice =>
        {
            invoice.Balance.ShouldBe(Some.Usd(60));
            invoice.Status.ShouldBe(InvoiceStatus.PartiallyPaid);
        });

    [Fact]
    public void The_event_carries_the_item_after_it_and_a_balanced_entry()
    {
        var applied = (PaymentApplied)Some.Applied(Some.Issued(), 1, 40)[1];

        applied.Item.Balance.ShouldBe(Some.Usd(60));
        applied.Entry.Lines.Select(line => (line.Account, line.Debit.Amount, line.Credit.Amount))
            .ShouldBe([("2400", 40m, 0m), ("1200", 0m, 40m)]);
    }

    [Fact]
    public void It_clears_the_account_the_receipt_waits_on_and_gives_it_back_there()
    {
        var invoice = Invoice.Evolve(Invoice.Initial, Some.Issued());
        var payment = Some.Payment(1, 40) with { UnappliedCashAccount = "2777" };
        var applied = (PaymentApplied)Apply(invoice, payment).Events[0];
        var reversed = (PaymentReversed)Reverse(Invoice.Evolve(invoice, applied), Some.Reversal(1, 40)).Events[0];

        applied.Entry.Lines[0].Account.ShouldBe("2777");
        reversed.Entry.Lines.Single(line => line.Credit.IsPositive).Account.ShouldBe("2777");
    }

    [Fact]
    public void The_same_allocation_again_changes_nothing() =>
        Some.Invoices.Given(Some.Applied(Some.Issued(), 1, 40)).When(invoice => Apply(invoice, Some.Payment(1, 40)))
            .ThenNothing();

    [Theory]
    [InlineData(100.01, 1, "USD", "exceeds-balance")]
    [InlineData(10, 2, "USD", "no-such-installment")]
    [InlineData(10, 1, "EUR", "other-currency")]
    public void What_does_not_fit_is_rejected_by_an_event(
        double amount, int installment, string currency, string code) =>
        Some.Invoices.Given(Some.Issued())
            .When(invoice => Apply(invoice, Some.Payment(1, (decimal)amount, installment, currency)))
            .ThenState(invoice =>
            {
                invoice.Balance.ShouldBe(Some.Usd(100));
                invoice.Allocations[Some.Allocation(1)].State.ShouldBe(AllocationState.Rejected);
                var rejected = (PaymentApplicationRejected)Apply(
                    Invoice.Evolve(Invoice.Initial, Some.Issued()),
                    Some.Payment(1, (decimal)amount, installment, currency)).Events[0];
                rejected.Code.ShouldBe(code);
            });

    /// <summary>D-28: what is given up of an item in its own currency is a small difference.</summary>
    [Fact]
    public void A_small_difference_settles_the_rest_and_is_owed_again_after_a_reversal()
    {
        var invoice = Invoice.Evolve(Invoice.Initial, Some.Issued());
        var payment = Some.Payment(1, 99.75m) with { Difference = Some.Usd(0.25m) };
        var applied = (PaymentApplied)Apply(invoice, payment).Events[0];
        applied.Item.Balance.ShouldBe(Some.Usd(0));
        applied.Entry.Lines.Select(line => (line.Role, line.Debit.Amount, line.Credit.Amount)).ShouldBe(
            [("unapplied-cash", 99.75m, 0m), ("small-difference", 0.25m, 0m), ("receivables", 0m, 100m)]);
        var paid = Invoice.Evolve(invoice, applied);
        paid.Status.ShouldBe(InvoiceStatus.Paid);

        var reversed = (PaymentReversed)Reverse(paid, Some.Reversal(1, 99.75m)).Events[0];
        reversed.Difference.ShouldBe(Some.Usd(0.25m));
        Invoice.Evolve(paid, reversed).Balance.ShouldBe(Some.Usd(100));
        reversed.Entry.Lines.Sum(line => line.Debit.Amount).ShouldBe(100m);
        reversed.Entry.Lines.Sum(line => line.Credit.Amount).ShouldBe(100m);

        // Others book what was given up on from the account that it came to.
        Told<Contract.PaymentApplied>(applied).DifferenceLine.ShouldBe(
            new JournalLine("4920", "small-difference", new MoneyAmount(0.25m, "USD"), new MoneyAmount(0m, "USD")));
        Told<Contract.PaymentReversed>(reversed).DifferenceLine.ShouldBe(
            new JournalLine("4920", "small-difference", new MoneyAmount(0m, "USD"), new MoneyAmount(0.25m, "USD")));
        Told<Contract.PaymentApplied>((PaymentApplied)Some.Applied(Some.Issued(), 1, 40)[1]).DifferenceLine
            .ShouldBeNull();
    }

    private static TContract Told<TContract>(object fact) => InvoicingPublications.Create().Of(new StoredEvent
    {
        Id = Ids.From("event", "payment"),
        StreamId = Ids.From("invoice", "payment"),
        Version = 2,
        Type = "any",
        Data = fact,
        At = Some.Now,
        Metadata = new EventMetadata("test"),
    }).Select(message => message.Contract).OfType<TContract>().ShouldHaveSingleItem();

    [Theory]
    [InlineData(99.75, 0.26, "exceeds-balance")]
    [InlineData(50, -1, "bad-difference")]
    public void A_difference_that_does_not_fit_is_rejected(double amount, double difference, string code) =>
        Apply(Invoice.Evolve(Invoice.Initial, Some.Issued()),
            Some.Payment(1, (decimal)amount) with { Difference = Some.Usd((decimal)difference) }).Events
            .ShouldHaveSingleItem().ShouldBeOfType<PaymentApplicationRejected>().Code.ShouldBe(code);

    [Fact]
    public void A_void_invoice_takes_no_money()
    {
        var issued = Some.Issued();
        var voided = InvoiceDecider.Void(Invoice.Evolve(Invoice.Initial, issued), "duplicate", Some.Context).Events[0];

        Apply(Invoice.Evolve(Invoice.Evolve(Invoice.Initial, issued), voided), Some.Payment(1, 10)).Events
            .ShouldHaveSingleItem().ShouldBeOfType<PaymentApplicationRejected>().Code.ShouldBe("invoice-void");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void An_amount_that_is_not_positive_is_a_defect_of_the_sender(int amount)
    {
        Some.Invoices.Given(Some.Issued()).When(invoice => Apply(invoice, Some.Payment(1, amount)))
            .ThenRefused("amount-not-positive");
        Some.Invoices.Given(Some.Issued()).When(invoice => Reverse(invoice, Some.Reversal(1, amount)))
            .ThenRefused("amount-not-positive");
    }

    [Fact]
    public void A_reversal_opens_the_item_again_and_twice_is_once()
    {
        Some.Invoices.Given(Some.Applied(Some.Issued(), 1, 100))
            .When(invoice => Reverse(invoice, Some.Reversal(1, 100)))
            .ThenState(invoice =>
            {
                invoice.Status.ShouldBe(InvoiceStatus.Open);
                Reverse(invoice, Some.Reversal(1, 100)).Events.ShouldBeEmpty();
                Apply(invoice, Some.Payment(1, 100)).Events.ShouldBeEmpty();
            });
    }

    [Fact]
    public void A_reversal_that_comes_first_is_carried_out_with_the_payment()
    {
        var issued = Some.Issued();
        var awaited = Reverse(Invoice.Evolve(Invoice.Initial, issued), Some.Reversal(1, 40)).Events;

        awaited.ShouldHaveSingleItem().ShouldBeOfType<PaymentReversalAwaited>();
        Some.Invoices.Given([issued, .. awaited]).When(invoice => Apply(invoice, Some.Payment(1, 40)))
            .ThenState(invoice =>
        {
            invoice.Balance.ShouldBe(Some.Usd(100));
            invoice.Allocations[Some.Allocation(1)].State.ShouldBe(AllocationState.Reversed);
            Apply(invoice, Some.Payment(1, 40)).Events.ShouldBeEmpty();
            Reverse(invoice, Some.Reversal(1, 40)).Events.ShouldBeEmpty();
        });
    }

    /// <summary>D-03: what was thought lost and was paid again is too much when it comes.</summary>
    [Fact]
    public void D03_a_payment_that_comes_late_after_another_paid_is_rejected_and_nothing_is_below_zero() =>
        Some.Invoices.Given(Some.Applied(Some.Issued(), 2, 100))
            .When(invoice => InvoiceDecider.ApplyPayment(invoice, Some.Payment(1, 100), Some.Context))
            .ThenState(invoice => (invoice.Balance, invoice.Allocations[Some.Allocation(1)].State)
                .ShouldBe((Some.Usd(0), AllocationState.Rejected)));

    /// <summary>D-05: of a payment that was taken back and a credit that came in its place only one counts.</summary>
    [Fact]
    public void D05_a_payment_taken_back_does_not_count_again_beside_the_credit_in_its_place()
    {
        var paid = Some.Applied(Some.Issued(), 1, 100);
        var back = InvoiceDecider.ReversePayment(
            paid.Aggregate(Invoice.Initial, Invoice.Evolve), Some.Reversal(1, 100), Some.Context).Events;
        var open = paid.Concat(back).Aggregate(Invoice.Initial, Invoice.Evolve);
        var credited = AdjustmentDecider.ApplyCredit(
            open, Some.NewId(), new CreditSource(Some.NewId(), "CM-1", Some.Today), 1, Some.Usd(100), Some.Context);

        Some.Invoices.Given([.. paid, .. back, .. credited.Events])
            .When(invoice => InvoiceDecider.ApplyPayment(invoice, Some.Payment(1, 100), Some.Context))
            .ThenNothing();
        Some.Invoices.Given([.. paid, .. back, .. credited.Events])
            .When(invoice => InvoiceDecider.ApplyPayment(invoice, Some.Payment(2, 100), Some.Context))
            .ThenState(invoice => invoice.Allocations[Some.Allocation(2)].State.ShouldBe(AllocationState.Rejected));
    }

    /// <summary>D-06: of two that each fit alone and not together the second is rejected, not warned about.</summary>
    [Fact]
    public void D06_the_second_of_two_payments_that_do_not_fit_together_is_rejected() =>
        Some.Invoices.Given(Some.Applied(Some.Issued(), 1, 60))
            .When(invoice => InvoiceDecider.ApplyPayment(invoice, Some.Payment(2, 60), Some.Context))
            .ThenState(invoice => (invoice.Balance, invoice.Allocations[Some.Allocation(2)].State)
                .ShouldBe((Some.Usd(40), AllocationState.Rejected)));

    [Fact]
    public void A_late_payment_whose_reversal_waits_is_rejected_where_it_does_not_fit()
    {
        var issued = Some.Issued();
        var awaited = Reverse(Invoice.Evolve(Invoice.Initial, issued), Some.Reversal(1, 140)).Events;

        Some.Invoices.Given([issued, .. awaited]).When(invoice => Apply(invoice, Some.Payment(1, 140)))
            .ThenState(invoice => invoice.Allocations[Some.Allocation(1)].State.ShouldBe(AllocationState.Rejected));
    }

    [Fact]
    public void Nothing_is_posted_before_the_invoice_itself()
    {
        var early = Some.Draft(Some.Wish(Some.Line()) with { InvoiceDate = Some.Today.AddDays(20) });
        var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, early, "INV-US01-2026-000001").Events[0];

        var applied = (PaymentApplied)Apply(Invoice.Evolve(Invoice.Initial, issued), Some.Payment(1, 10)).Events[0];

        applied.Entry.PostingDate.ShouldBe(Some.Today.AddDays(20));
    }
}
