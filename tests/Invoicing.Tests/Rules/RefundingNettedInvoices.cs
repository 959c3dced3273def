using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// An invoice of 100.00 that is netted with a deposit of 60.00, paid by 40.00 for the rest and credited by 30.00 that
/// nothing is open for.
/// </summary>
public class RefundingNettedInvoices
{
    private static readonly Guid DepositId = Ids.From("invoice", "deposit");
    private static readonly Guid FinalId = Ids.From("invoice", "final");
    private static readonly Guid MemoId = Ids.From("memo", "1");
    private static readonly Guid RefundId = Ids.From("refund", "1");

    [Fact]
    public void I18_what_was_paid_ahead_is_paid_back_as_what_was_paid_later_is()
    {
        var (_, invoice) = Credited(30);

        (invoice.PutIn, invoice.Refundable).ShouldBe((Some.Usd(100), Some.Usd(30)));
        Refund(invoice, 30.01m).Refusal!.Code.ShouldBe("exceeds-paid");
        var paid = After(invoice, Refund(invoice, 30));
        Refund(paid, 0.01m, "2").Refusal!.Code.ShouldBe("exceeds-paid");
    }

    [Fact]
    public void A_netting_that_a_refund_rests_on_is_not_taken_back()
    {
        var (deposit, invoice) = Credited(50);
        invoice = After(invoice, Refund(invoice, 50));

        var (refused, settlement) = TakeBack(deposit, invoice);

        refused.Refusal!.Code.ShouldBe("refund-rests-on-deposit");
        (settlement.DepositEvents.Count, settlement.Deposit.Used).ShouldBe((0, Some.Usd(60)));
        var returned = After(invoice, AdjustmentDecider.ReturnRefund(invoice, RefundId, Some.Usd(50), Some.Context));
        TakeBack(deposit, returned).Decision.IsRefused.ShouldBeFalse();
    }

    /// <summary>
    /// Nothing else could settle the deposit, which is owed again: it is neither credited nor written off.
    /// </summary>
    [Fact]
    public void It_is_taken_back_where_the_deposits_own_payment_bounced_and_the_rest_is_a_loss()
    {
        var (deposit, invoice) = Credited(50);
        invoice = After(invoice, Refund(invoice, 50));
        deposit = After(deposit, InvoiceDecider.ReversePayment(deposit, Some.Reversal(1, 60), Some.Context));

        var (decision, settlement) = TakeBack(deposit, invoice);
        invoice = After(invoice, decision);

        (invoice.Balance, invoice.RefundedInVain).ShouldBe((Some.Usd(60), Some.Usd(10)));
        (settlement.Deposit.Available, settlement.Deposit.Creditable).ShouldBe((Some.Usd(0), Some.Usd(60)));
        invoice = After(invoice, AdjustmentDecider.WriteOff(invoice, Some.NewId(), 1, null, Some.Context));
        (invoice.Balance, invoice.Refundable).ShouldBe((Some.Usd(0), Some.Usd(0)));
    }

    /// <summary>
    /// 60.00 paid on the deposit come back, or a cent of them: 50.00 paid back of the invoice rest on the netting, and
    /// what is released of the deposit could be paid back beside them.
    /// </summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(10)]
    [InlineData(59.99)]
    public void I18_it_is_not_taken_back_where_part_of_the_deposit_bounced_and_the_rest_would_be_paid_back(double part)
    {
        var (deposit, invoice) = Credited(50, bounced: (decimal)part);
        invoice = After(invoice, Refund(invoice, 50));
        deposit = After(
            deposit, InvoiceDecider.ReversePayment(deposit, Some.Reversal(3, (decimal)part), Some.Context));

        TakeBack(deposit, invoice).Decision.Refusal!.Code.ShouldBe("refund-rests-on-deposit");
    }

    [Fact]
    public void I18_what_a_deposit_lacks_is_not_paid_back_of_its_invoice()
    {
        var (deposit, invoice) = Credited(100);
        var bounced = After(deposit, InvoiceDecider.ReversePayment(deposit, Some.Reversal(1, 60), Some.Context));
        var lacked = invoice.LackedBy(DepositId, bounced);

        (deposit.Lacking, lacked, invoice.RefundableBut(lacked))
            .ShouldBe((Some.Usd(0), Some.Usd(60), Some.Usd(40)));
        AdjustmentDecider.RefundCredit(invoice, MemoId, RefundId, Some.Usd(40.01m), lacked)
            .Refusal!.Code.ShouldBe("exceeds-paid");
        AdjustmentDecider.ReserveRefund(invoice, MemoId, RefundId, Some.Usd(40.01m), lacked)
            .Refusal!.Code.ShouldBe("exceeds-paid");
        AdjustmentDecider.RefundCredit(invoice, MemoId, RefundId, Some.Usd(40), lacked).IsRefused.ShouldBeFalse();
        var waits = After(invoice, AdjustmentDecider.ReserveRefund(invoice, MemoId, RefundId, Some.Usd(100)));
        AdjustmentDecider.Uncovered(waits, Some.Usd(0), "x").ShouldBeEmpty();
        AdjustmentDecider.Uncovered(waits, lacked, "x").ShouldHaveSingleItem()
            .ShouldBeOfType<InvoiceCreditRefundUncovered>().RefundId.ShouldBe(RefundId);
    }

    /// <summary>
    /// Paid by the deposit and 40.00 of another credit memo, and credited in full; refunds of 40.00 and 60.00 are told
    /// to pay. The deposit's payment bounces, which leaves the first; then the other credit memo is taken off.
    /// </summary>
    [Fact]
    public void I18_refunds_that_wait_are_withdrawn_where_a_credit_is_taken_off_beside_a_deposit_that_lacks()
    {
        var other = new CreditSource(Ids.From("memo", "other"), "CM-US01-2026-000009", Some.Today);
        var application = Ids.From("application", "1");
        var (deposit, invoice) = Credited(100, paid: 0, before: now => AdjustmentDecider
            .ApplyCredit(now, application, other, 1, Some.Usd(40), Some.Context));
        invoice = Waiting(invoice, 40, 60);
        deposit = After(deposit, InvoiceDecider.ReversePayment(deposit, Some.Reversal(1, 60), Some.Context));
        var lacked = invoice.LackedBy(DepositId, deposit);
        Withdrawn(AdjustmentDecider.Uncovered(invoice, lacked, "x")).ShouldBe([Some.Usd(60)]);

        var taken = AdjustmentDecider.UnapplyCredit(invoice, application, other, Some.Context, lacked);

        Withdrawn(taken.Events).ShouldBe([Some.Usd(40), Some.Usd(60)], ignoreOrder: true);
    }

    /// <summary>
    /// 40.00 of it are charged back and 60.00 credited; a refund of 20.00 is left of two where the deposit lacks 40.00.
    /// Nothing would cover it once the chargeback is taken back.
    /// </summary>
    [Fact]
    public void I18_a_chargeback_is_not_taken_back_where_a_refund_that_waits_rests_on_a_deposit_that_lacks()
    {
        var chargebackId = Ids.From("chargeback", "1");
        InvoiceIssued? chargeback = null;
        var (deposit, invoice) = Credited(60, paid: 0, bounced: 40, before: now =>
        {
            var wish = new ChargeBack(
                new ChargebackOrigin(FinalId, now.Issued!.Number, 1, "short paid", null), null, null, Some.Usd(0));
            var (draft, refusal) = ChargebackDraft.Of(now, wish, CustomerStatus.Active, Some.Context);
            refusal.ShouldBeNull();
            (chargeback, var onInvoice) = draft!.Issue(chargebackId, "DM-US01-2026-000001");
            return Decision.Of(onInvoice);
        });
        invoice = Waiting(invoice, 20);
        deposit = After(deposit, InvoiceDecider.ReversePayment(deposit, Some.Reversal(3, 40), Some.Context));
        var lacked = invoice.LackedBy(DepositId, deposit);
        AdjustmentDecider.Uncovered(invoice, lacked, "x").ShouldBeEmpty();

        Reversed(lacked).ShouldBe("refund-awaited");
        Reversed(Some.Usd(0)).ShouldBeNull();

        string? Reversed(Money lacks) => ChargebackReversal.Of(
            invoice, chargebackId, Invoice.Evolve(Invoice.Initial, chargeback!), Some.Usd(0), Some.Context, lacks)
            .Refusal?.Code;
    }

    [Fact]
    public void A_refund_that_waits_is_not_covered_any_more_once_the_netting_is_taken_back()
    {
        var (deposit, invoice) = Credited(30);
        invoice = After(invoice, AdjustmentDecider.ReserveRefund(invoice, MemoId, RefundId, Some.Usd(30)));

        var taken = TakeBack(deposit, invoice).Decision;

        taken.Events.OfType<InvoiceCreditRefundUncovered>().ShouldHaveSingleItem().RefundId.ShouldBe(RefundId);
    }

    [Fact]
    public void I18_what_is_netted_is_neither_charged_back_nor_owed_beside_the_credit()
    {
        var (_, invoice) = Credited(30, paid: 0);

        (invoice.Balance, invoice.Chargeable).ShouldBe((Some.Usd(40), Some.Usd(10)));
    }

    private static IEnumerable<Money> Withdrawn(IEnumerable<object> events) =>
        events.OfType<InvoiceCreditRefundUncovered>().Select(one => one.Amount);

    /// <summary>Refunds that cash application is told to pay, asked for in this order.</summary>
    private static Invoice Waiting(Invoice invoice, params decimal[] amounts)
    {
        var refunds = Enumerable.Range(1, amounts.Length).Select(one => Ids.From("refund", $"{one}")).Order();
        return refunds.Zip(amounts, (refund, amount) => (refund, amount)).Aggregate(invoice, (now, one) => After(
            now, AdjustmentDecider.ReserveRefund(now, MemoId, one.refund, Some.Usd(one.amount))));
    }

    private static (Invoice Deposit, Invoice Invoice) Credited(
        decimal amount, decimal paid = 40, decimal bounced = 0, Func<Invoice, Decision>? before = null)
    {
        var ahead = Some.Draft(Some.Wish(Some.Line(1, 60, 0, account: "2450"))) with { Kind = DocumentKind.Deposit };
        var deposit = After(Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, ahead, "DEP-US01-2026-000001"));
        deposit = After(deposit, InvoiceDecider.ApplyPayment(deposit, Some.Payment(1, 60 - bounced), Some.Context));
        if (bounced > 0)
            deposit = After(deposit, InvoiceDecider.ApplyPayment(deposit, Some.Payment(3, bounced), Some.Context));
        var invoice = Invoice.Evolve(Invoice.Initial, Some.Issued());
        var settlement = new DepositSettlement(DepositId, deposit, Some.Context, () => Some.Allocation(9));
        invoice = After(invoice, settlement.Settle(FinalId, invoice));
        if (paid > 0)
            invoice = After(invoice, InvoiceDecider.ApplyPayment(invoice, Some.Payment(2, paid), Some.Context));
        if (before is not null)
            invoice = After(invoice, before(invoice));
        var memo = new CreditSource(MemoId, "CM-US01-2026-000001", Some.Today);
        return (settlement.Deposit, After(invoice, AdjustmentDecider.Credit(invoice, memo, Some.Usd(amount))));
    }

    private static (Decision Decision, DepositSettlement Settlement) TakeBack(Invoice deposit, Invoice invoice)
    {
        var settlement = new DepositSettlement(DepositId, deposit, Some.Context, Some.NewId);
        return (settlement.TakeBack(FinalId, Some.Allocation(9), invoice), settlement);
    }

    private static Decision Refund(Invoice invoice, decimal amount, string refund = "1") =>
        AdjustmentDecider.RefundCredit(invoice, MemoId, Ids.From("refund", refund), Some.Usd(amount));

    private static Invoice After(Invoice invoice, Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(invoice, Invoice.Evolve);
    }
}
