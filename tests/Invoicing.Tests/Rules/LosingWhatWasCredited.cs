using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// I-18: an invoice of 100.00 of which 60.00 are paid, and a credit memo of 40.00 for it that is left open. What is
/// credited is no loss beside that.
/// </summary>
public class LosingWhatWasCredited
{
    private static readonly CreditSource Memo = new(Some.Receipt, "CM-US01-2026-000001", Some.Today);
    private static readonly Guid Refund = Ids.From("refund", "1");

    [Fact]
    public void What_an_open_credit_covers_is_not_written_off_until_it_is_applied()
    {
        var invoice = Credited(60, 40);

        (invoice.Balance, invoice.Creditable, invoice.OwedAfterCredits)
            .ShouldBe((Some.Usd(40), Some.Usd(60), Some.Usd(0)));
        WriteOff(invoice, 0.01m).Refusal!.Code.ShouldBe("credits-not-applied");
        WriteOff(Credited(60, 30), 10).IsRefused.ShouldBeFalse();
        WriteOff(Credited(60, 30), 10.01m).Refusal!.Code.ShouldBe("credits-not-applied");
        After(WriteOff(Credited(60, 30), 10), Credited(60, 30)).Refundable.ShouldBe(Some.Usd(0));
    }

    [Fact]
    public void Nor_is_a_charge_let_go_that_an_open_credit_covers()
    {
        object[] past =
        [
            Some.Issued() with { Kind = DocumentKind.DebitMemo }, .. Some.Applied(Some.Issued(), 1, 60).Skip(1),
            new InvoiceCredited(Memo.CreditMemoId, Memo.Number, Some.Usd(40)),
        ];

        Some.Invoices.Given(past)
            .When(memo => ChargeDecider.Waive(memo, Some.NewId(), 1, null, Some.Context))
            .ThenRefused("credits-not-applied");
    }

    /// <summary>A discount is earned by the money that comes, whatever credit waits beside it.</summary>
    [Theory]
    [InlineData(0, 98, 2)]
    [InlineData(60, 39.2, 0.8)]
    public void A_discount_on_what_is_paid_beside_an_open_credit_is_given(double before, double amount, double discount)
    {
        var terms = Some.Draft(Some.Wish(Some.Line(1, 100, 0)), Some.Account(terms: "2/10 NET 30"));
        var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, terms, "INV-US01-2026-000001").Events[0];
        var invoice = Invoice.Evolve(Invoice.Initial, issued);
        if (before > 0)
        {
            var first = Some.Payment(1, (decimal)before);
            invoice = After(InvoiceDecider.ApplyPayment(invoice, first, Some.Context), invoice);
        }

        invoice = After(AdjustmentDecider.Credit(invoice, Memo, Some.Usd(40)), invoice);
        var payment = Some.Payment(2, (decimal)amount) with { Discount = Some.Usd((decimal)discount) };

        var applied = InvoiceDecider.ApplyPayment(invoice, payment, Some.Context);

        applied.Events.ShouldHaveSingleItem().ShouldBeOfType<PaymentApplied>().Item.Balance.ShouldBe(Some.Usd(0));
    }

    /// <summary>
    /// 40 of 100 was paid back and the payment of it bounced, so that it is owed and lost. The bank sends the refund
    /// back: the credit is there again, and settles what is no loss any more.
    /// </summary>
    [Fact]
    public void What_was_lost_while_a_credit_was_paid_back_is_owed_again_once_the_refund_comes_back()
    {
        object[] paid =
        [
            .. Some.Applied(Some.Issued(), 1, 60), .. Some.Applied(Some.Issued(), 2, 40).Skip(1),
            new InvoiceCredited(Memo.CreditMemoId, Memo.Number, Some.Usd(40)),
            new InvoiceCreditRefunded(Memo.CreditMemoId, Refund, Some.Usd(40)),
        ];
        var invoice = paid.Aggregate(Invoice.Initial, Invoice.Evolve);
        invoice = After(InvoiceDecider.ReversePayment(invoice, Some.Reversal(2, 40), Some.Context), invoice);
        invoice = After(WriteOff(invoice, 40), invoice);

        var back = After(AdjustmentDecider.ReturnRefund(invoice, Refund, Some.Usd(40), Some.Context), invoice);

        (back.Balance, back.GivenUp, back.Refundable).ShouldBe((Some.Usd(40), Some.Usd(0), Some.Usd(0)));
    }

    /// <summary>
    /// 40 of 100 was lost first; then 60 are credited: 40 of these were never owed, 20 are of what was paid.
    /// </summary>
    [Theory]
    [InlineData(40, 0)]
    [InlineData(60, 20)]
    [InlineData(30, 0)]
    public void What_was_lost_and_is_credited_after_all_is_owed_again_and_only_what_was_paid_is_paid_back(
        double credited, double refundable)
    {
        var lost = After(WriteOff(Paid(60), 40), Paid(60));

        var decided = CreditedLoss.Credit(lost, Memo, Some.Usd((decimal)credited), null, null, Some.Context);

        var regained = Money.Min(Some.Usd(40), Some.Usd((decimal)credited));
        decided.Events[1].ShouldBeOfType<WriteOffRecovered>().Amount.ShouldBe(regained);
        var invoice = After(decided, lost);
        (invoice.Balance, invoice.GivenUp).ShouldBe((regained, Some.Usd(40) - regained));
        invoice.Refundable.ShouldBe(Some.Usd((decimal)refundable));
        Refunded(invoice, (decimal)refundable + 0.01m).Refusal!.Code.ShouldBe("exceeds-paid");
    }

    /// <summary>The loss and the credit in the other order leave the same: nothing is lost, nothing is paid back.
    /// </summary>
    [Fact]
    public void I18_a_loss_beside_a_credit_of_the_same_is_refused_and_a_credit_after_the_loss_takes_its_place()
    {
        WriteOff(Credited(60, 40), 40).Refusal!.Code.ShouldBe("credits-not-applied");
        var first = Settled(Credited(60, 40));
        var lost = After(WriteOff(Paid(60), 40), Paid(60));

        var second = Settled(After(
            CreditedLoss.Credit(lost, Memo, Some.Usd(40), null, null, Some.Context), lost));

        (second.Balance, second.Credited, second.GivenUp, second.Refundable)
            .ShouldBe((first.Balance, first.Credited, first.GivenUp, first.Refundable));
        (second.Balance, second.GivenUp, second.Refundable).ShouldBe((Some.Usd(0), Some.Usd(0), Some.Usd(0)));
    }

    /// <summary>
    /// As a credit that was noted without that: of an older version, or where what was owed is paid after the loss and
    /// the credit. What is lost is not paid out.
    /// </summary>
    [Fact]
    public void I18_no_loss_is_paid_back_by_a_credit_that_is_left_open()
    {
        var lost = After(WriteOff(Paid(60), 40), Paid(60));
        var credited = After(AdjustmentDecider.Credit(lost, Memo, Some.Usd(60)), lost);

        credited.Refundable.ShouldBe(Some.Usd(20));
        Refunded(credited, 20.01m).Refusal!.Detail.ShouldContain("recover that");
        var waits = credited with { ReservedRefunds = credited.ReservedRefunds.Add(Refund, Some.Usd(60)) };
        waits.Uncovered.ShouldHaveSingleItem().Amount.ShouldBe(Some.Usd(60));
        AdjustmentDecider.ReserveRefund(waits, Memo.CreditMemoId, Refund, Some.Usd(60)).Refusal!.Code
            .ShouldBe("exceeds-paid");

        var open = Invoice.Evolve(Invoice.Initial, Some.Issued());
        open = After(WriteOff(open, 40), open);
        open = After(CreditedLoss.Credit(open, Memo, Some.Usd(60), null, null, Some.Context), open);
        open = After(InvoiceDecider.ApplyPayment(open, Some.Payment(1, 60), Some.Context), open);
        (open.GivenUp, open.Refundable).ShouldBe((Some.Usd(40), Some.Usd(20)));
    }

    /// <summary>20 of 60 is paid back, and that comes back: it is no loss that was regained by it.</summary>
    [Fact]
    public void What_was_lost_before_a_refund_stays_lost_when_that_comes_back()
    {
        var invoice = After(WriteOff(Paid(60), 40), Paid(60));
        invoice = After(AdjustmentDecider.Credit(invoice, Memo, Some.Usd(60)), invoice);
        invoice = After(Refunded(invoice, 20), invoice);

        var returned = AdjustmentDecider.ReturnRefund(invoice, Refund, Some.Usd(20), Some.Context);

        returned.Events.ShouldHaveSingleItem().ShouldBeOfType<InvoiceCreditRefundReturned>();
        var back = After(returned, invoice);
        (back.GivenUp, back.Refundable).ShouldBe((Some.Usd(40), Some.Usd(20)));
    }

    private static Invoice Paid(decimal paid) =>
        Some.Applied(Some.Issued(), 1, paid).Aggregate(Invoice.Initial, Invoice.Evolve);

    private static Invoice Settled(Invoice invoice) => After(
        AdjustmentDecider.ApplyCredit(invoice, Some.NewId(), Memo, 1, invoice.Balance, Some.Context), invoice);

    private static Decision Refunded(Invoice invoice, decimal amount) =>
        AdjustmentDecider.RefundCredit(invoice, Memo.CreditMemoId, Refund, Some.Usd(amount));

    private static Invoice Credited(decimal paid, decimal credited)
    {
        var invoice = Paid(paid);
        return After(AdjustmentDecider.Credit(invoice, Memo, Some.Usd(credited)), invoice);
    }

    private static Decision WriteOff(Invoice invoice, decimal amount) =>
        AdjustmentDecider.WriteOff(invoice, Some.NewId(), 1, Some.Usd(amount), Some.Context);

    private static Invoice After(Decision decision, Invoice invoice)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(invoice, Invoice.Evolve);
    }
}
