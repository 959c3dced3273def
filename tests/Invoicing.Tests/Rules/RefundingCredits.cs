using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class RefundingCredits
{
    private static readonly DeciderSpec<CreditMemo> Memos = new(CreditMemo.Initial, CreditMemo.Evolve);
    private static readonly DeciderSpec<Invoice> Invoices = new(Invoice.Initial, Invoice.Evolve);
    private static readonly Guid Refund = Ids.From("refund", "1");

    [Fact]
    public void Take_the_money_from_cash_clearing_and_leave_so_much_less_open()
    {
        var refunded = (CreditMemoRefunded)Pay(Of(Issued()), 30).Events.ShouldHaveSingleItem();

        refunded.Open.ShouldBe(Some.Usd(70));
        refunded.Entry.Kind.ShouldBe(PostingKinds.CreditRefunded);
        refunded.Entry.Lines.Select(line => (line.Account, line.Role, line.Debit.Amount - line.Credit.Amount))
            .ShouldBe([("1200", "receivables", 30m), ("1090", "cash-clearing", -30m)]);
    }

    [Fact]
    public void Are_refused_where_less_is_open_or_the_payment_is_recorded_already()
    {
        var paid = Pay(Of(Issued()), 30, "E2E-1").Events[0];

        Memos.Given(Issued()).When(memo => Pay(memo, 100.01m)).ThenRefused("exceeds-open");
        Memos.Given(Issued(), paid).When(memo => Pay(memo, 71)).ThenRefused("exceeds-open");
        Memos.Given(Issued(), paid).When(memo => Pay(memo, 70, "E2E-1")).ThenRefused("refund-known");
        Memos.Given(Issued(), paid).When(memo => Pay(memo, 0)).ThenRefused("nothing-to-refund");
        Memos.Given(Issued(), paid).When(memo => CreditMemoDecider.Void(memo, "x", Some.Context))
            .ThenRefused("credit-memo-refunded");
        foreach (var reference in new[] { "", " ", "a\nb", new string('x', 141) })
            Memos.Given(Issued()).When(memo => Pay(memo, 1, reference)).ThenRefused("invalid-refund");
    }

    [Fact]
    public void That_wait_are_paid_out_of_what_is_kept_for_them_alone()
    {
        var reserved = (CreditMemoRefundReserved)CreditRefundDecider
            .Reserve(Of(Issued()), Refund, Some.Usd(60), "E2E-1", false).Events.ShouldHaveSingleItem();
        var memo = CreditMemo.Evolve(Of(Issued()), reserved);

        (memo.Open, memo.Available).ShouldBe((Some.Usd(100), Some.Usd(40)));
        CreditRefundDecider.Reserve(memo, Some.NewId(), Some.Usd(40.01m), "E2E-2", false).Refusal!.Code
            .ShouldBe("exceeds-open");
        CreditRefundDecider.Reserve(memo, Some.NewId(), Some.Usd(1), "E2E-1", false).Refusal!.Code
            .ShouldBe("refund-known");
        var application = new CreditApplication(Some.Receipt, "INV-1", 1, Some.Usd(40.01m));
        CreditMemoDecider.Apply(memo, Some.NewId(), application).Refusal!.Code.ShouldBe("exceeds-open");
        var paid = (CreditMemoRefunded)Pay(memo, 60, "E2E-1").Events.ShouldHaveSingleItem();
        paid.Reserved.ShouldBeTrue();
        CreditMemo.Evolve(memo, paid).Available.ShouldBe(Some.Usd(40));
        var free = CreditRefundDecider.Release(memo, Refund).Events.Aggregate(memo, CreditMemo.Evolve);
        free.Available.ShouldBe(Some.Usd(100));
        CreditRefundDecider.Release(free, Refund).ShouldBe(Decision.Nothing);
    }

    [Fact]
    public void That_the_bank_sends_back_are_open_again_by_a_new_entry()
    {
        var paid = Pay(Of(Issued()), 30).Events[0];

        var outcome = Memos.Given(Issued(), paid).When(memo => CreditRefundDecider.Return(memo, Refund, Some.Context));

        outcome.ThenState(memo =>
        {
            memo.Open.ShouldBe(Some.Usd(100));
            memo.Refunds.ShouldBeEmpty();
        });
        Memos.Given(Issued()).When(memo => CreditRefundDecider.Return(memo, Refund, Some.Context))
            .ThenRefused("not-found");
    }

    /// <summary>
    /// Booked at 1.20, paid at 1.30: 3 USD more leave than were owed for 30 EUR; come back, that is undone.
    /// </summary>
    [Fact]
    public void I16_what_leaves_at_another_rate_than_it_was_booked_at_is_an_exchange_difference()
    {
        var issued = Issued("EUR", new ExchangeRate(ExchangeRate.Daily, Some.Today, 1.20m));
        var memo = Of(issued);

        var paid = (CreditMemoRefunded)Pay(memo, 30, rate: new(ExchangeRate.Daily, Some.Today, 1.30m)).Events[0];
        var back = (CreditMemoRefundReturned)CreditRefundDecider.Return(
            CreditMemo.Evolve(memo, paid), Refund, Some.Context).Events[0];

        InBase(paid).ShouldBe([("1200", 36m), ("1090", -39m), ("7810", 3m)]);
        InBase(back).ShouldBe([("1090", 39m), ("1200", -36m), ("7810", -3m)]);
        (paid.BaseOpen, back.BaseOpen).ShouldBe((Some.Usd(84), Some.Usd(120)));
        Pay(memo, 30).Refusal!.Code.ShouldBe("no-exchange-rate");
    }

    /// <summary>I-18: 100 billed, 60 paid, all of it credited: 60 may go back, once.</summary>
    [Fact]
    public void I18_of_an_invoice_never_come_to_more_than_was_paid_on_it()
    {
        object[] past =
        [
            .. Some.Applied(Some.Issued(), 1, 60), new InvoiceCredited(Some.Receipt, "CM-1", Some.Issued().Total),
        ];
        var refunded = new InvoiceCreditRefunded(Some.Receipt, Refund, Some.Usd(50));

        Invoices.Given(past).When(invoice => OfInvoice(invoice, 60.01m)).ThenRefused("exceeds-paid");
        Invoices.Given([.. past, refunded]).When(invoice => OfInvoice(invoice, 10.01m)).ThenRefused("exceeds-paid");
        Invoices.Given([.. past, refunded]).When(invoice => OfInvoice(invoice, 10))
            .Then(new InvoiceCreditRefunded(Some.Receipt, Ids.From("refund", "2"), Some.Usd(10)));
        Invoices.Given([.. past, refunded, new InvoiceCreditRefundReturned(Refund, Some.Usd(50))])
            .When(invoice => OfInvoice(invoice, 60))
            .Then(new InvoiceCreditRefunded(Some.Receipt, Ids.From("refund", "2"), Some.Usd(60)));
    }

    [Fact]
    public void I18_leave_what_is_owed_on_the_invoice()
    {
        object[] half =
        [
            .. Some.Applied(Some.Issued(), 1, 60), new InvoiceCredited(Some.Receipt, "CM-1", Some.Usd(40)),
        ];

        Invoices.Given(half).When(invoice => OfInvoice(invoice, 40)).ThenRefused("exceeds-paid");
    }

    /// <summary>The customer has the money twice then, and only a loss can be made of it.</summary>
    [Fact]
    public void Of_a_payment_that_bounces_later_can_be_written_off()
    {
        var issued = Some.Issued();
        var total = issued.Total.Amount;
        object[] past =
        [
            .. Some.Applied(issued, 1, total), new InvoiceCredited(Some.Receipt, "CM-1", issued.Total),
            new InvoiceCreditRefunded(Some.Receipt, Refund, issued.Total),
        ];
        var paid = past.Aggregate(Invoice.Initial, Invoice.Evolve);
        var bounced = InvoiceDecider.ReversePayment(paid, Some.Reversal(1, total), Some.Context).Events
            .Aggregate(paid, Invoice.Evolve);

        var lost = AdjustmentDecider.WriteOff(bounced, Some.NewId(), 1, null, Some.Context).Events
            .Aggregate(bounced, Invoice.Evolve);

        lost.Balance.IsZero.ShouldBeTrue();
        lost.Refundable.IsZero.ShouldBeTrue();

        // I-18: sent back by the bank, it is no loss; else the credit would be there beside it.
        var back = AdjustmentDecider.ReturnRefund(lost, Refund, issued.Total, Some.Context).Events
            .Aggregate(lost, Invoice.Evolve);
        (back.Balance, back.GivenUp, back.Creditable, back.Refundable)
            .ShouldBe((issued.Total, Some.Usd(0), Some.Usd(0), Some.Usd(0)));
    }

    private static Decision OfInvoice(Invoice invoice, decimal amount) =>
        AdjustmentDecider.RefundCredit(invoice, Some.Receipt, Ids.From("refund", "2"), Some.Usd(amount));

    private static Decision Pay(
        CreditMemo memo, decimal amount, string reference = "E2E-77", ExchangeRate? rate = null) =>
        CreditRefundDecider.Refund(
            memo, Refund, Money.Of(amount, memo.Open.Currency), reference, rate, Some.Context);

    private static IEnumerable<(string Account, decimal Amount)> InBase(IFinancialEvent e) => e.Entry.Lines
        .Select(line => (line.Account, line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount));

    private static CreditMemo Of(CreditMemoIssued issued) => CreditMemo.Evolve(CreditMemo.Initial, issued);

    /// <summary>A credit of 100.00 on account, dated today.</summary>
    private static CreditMemoIssued Issued(string currency = "USD", ExchangeRate? rate = null)
    {
        var wish = new IssueCreditMemo(Some.Customer, CreditReason.Return, [Some.Line(1, 100, 0)]);
        var (draft, refusal) = CreditMemoDraft.Of(wish, Some.Account(currency) with { Rate = rate }, null, Some.Now);
        refusal.ShouldBeNull();
        return CreditMemoDecider.Issue(draft!, "CM-US01-2026-000001");
    }
}
