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

    /// <summary>40 of 100 was lost first; then what was paid is credited and paid back, and that comes back.</summary>
    [Fact]
    public void What_was_lost_before_a_refund_stays_lost_when_that_comes_back()
    {
        var invoice = Some.Applied(Some.Issued(), 1, 60).Aggregate(Invoice.Initial, Invoice.Evolve);
        invoice = After(WriteOff(invoice, 40), invoice);
        invoice = After(AdjustmentDecider.Credit(invoice, Memo, Some.Usd(60)), invoice);
        invoice = After(AdjustmentDecider.RefundCredit(invoice, Memo.CreditMemoId, Refund, Some.Usd(60)), invoice);

        var returned = AdjustmentDecider.ReturnRefund(invoice, Refund, Some.Usd(60), Some.Context);

        returned.Events.ShouldHaveSingleItem().ShouldBeOfType<InvoiceCreditRefundReturned>();
        var back = After(returned, invoice);
        (back.GivenUp, back.Refundable).ShouldBe((Some.Usd(40), Some.Usd(60)));
    }

    private static Invoice Credited(decimal paid, decimal credited)
    {
        var invoice = Some.Applied(Some.Issued(), 1, paid).Aggregate(Invoice.Initial, Invoice.Evolve);
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
