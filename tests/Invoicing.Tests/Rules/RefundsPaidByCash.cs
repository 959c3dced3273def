using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>A refund that cash application pays: kept until it is paid, booked on the day of that, once.</summary>
public class RefundsPaidByCash
{
    private static readonly Guid Refund = Ids.From("refund", "1");
    private static readonly Guid Memo = Ids.From("memo", "1");

    [Fact]
    public void Are_kept_until_they_are_paid_and_still_owed_meanwhile()
    {
        var memo = Approved(60);

        (memo.Open, memo.Available, memo.Refunds.IsEmpty).ShouldBe((Some.Usd(100), Some.Usd(40), true));
        Approve(memo, Some.NewId(), 40.01m, "E2E-2").Refusal!.Code.ShouldBe("exceeds-open");
        Approve(memo, Some.NewId(), 1, "E2E-1").Refusal!.Code.ShouldBe("refund-known");
        CreditMemoDecider.Void(memo, "x", Some.Context).Refusal!.Code.ShouldBe("refund-waits");
        CreditMemoDecider.Apply(memo, Some.NewId(), new CreditApplication(Some.Receipt, "INV-1", 1, Some.Usd(41)))
            .Refusal!.Code.ShouldBe("exceeds-open");
    }

    [Fact]
    public void That_waited_for_an_approval_are_kept_once()
    {
        // A release that would book it as paid by hand does not know this event, and cannot read past it.
        var kept = CreditRefundDecider.Reserve(Issued(), Refund, Some.Usd(60), "E2E-1", isPaidByCash: true).Events
            .ShouldHaveSingleItem().ShouldBeOfType<CreditMemoPayoutReserved>();
        var memo = CreditMemo.Evolve(Issued(), kept);

        var approved = (CreditMemoRefundApproved)Approve(memo, Refund, 60, "E2E-1").Events.ShouldHaveSingleItem();

        approved.Reserved.ShouldBeTrue();
        CreditMemo.Evolve(memo, approved).Available.ShouldBe(Some.Usd(40));
    }

    /// <summary>
    /// I-18: what settled the invoice comes back, as a payment does; or what was given up of it, on which older
    /// versions let a refund rest.
    /// </summary>
    [Fact]
    public void Are_withdrawn_where_the_invoice_is_owed_again()
    {
        var (issued, other) = (Some.Issued(), new CreditSource(Ids.From("memo", "2"), "CM-2", Some.Today));
        var credit = AdjustmentDecider
            .ApplyCredit(Of(issued), Ids.From("application", "1"), other, 1, Some.Usd(100), Some.Context).Events[0];
        var paid = InvoiceDecider.ApplyPayment(Of(issued), Some.Payment(1, 60), Some.Context).Events[0];
        var lost = AdjustmentDecider
            .WriteOff(Of(issued, paid), Ids.From("loss", "1"), 1, Some.Usd(40), Some.Context).Events[0];

        Kept(40, credit).IsRefused.ShouldBeFalse();
        Kept(30, paid, lost).Refusal!.Code.ShouldBe("exceeds-paid");
        Withdrawn(40, invoice => AdjustmentDecider
            .UnapplyCredit(invoice, Ids.From("application", "1"), other, Some.Context), credit);
        Withdrawn(30, invoice => AdjustmentDecider
            .Recover(invoice, Ids.From("recovery", "1"), 1, null, Some.Context), paid, lost);
        var credited = new InvoiceCredited(other.CreditMemoId, other.Number, Some.Usd(50));
        Withdrawn(50, invoice => AdjustmentDecider
            .WithdrawCredit(invoice, other.CreditMemoId, other.Number, Some.Usd(50)), paid, credited);

        void Withdrawn(decimal amount, Func<Invoice, Decision> decide, params object[] before)
        {
            var kept = new InvoiceCreditRefundReserved(Memo, Refund, Some.Usd(amount));

            decide(Invoice.Evolve(Credited(amount, before), kept)).Events.OfType<InvoiceCreditRefundUncovered>()
                .ShouldHaveSingleItem().RefundId.ShouldBe(Refund);
        }

        Decision Kept(decimal amount, params object[] before) =>
            AdjustmentDecider.ReserveRefund(Credited(amount, before), Memo, Refund, Some.Usd(amount));

        Invoice Credited(decimal amount, object[] before) =>
            Of([issued, .. before, new InvoiceCredited(Memo, "CM-1", Some.Usd(amount))]);

        static Invoice Of(params object[] events) => events.Aggregate(Invoice.Initial, Invoice.Evolve);
    }

    /// <summary>
    /// I-18: 150 paid by 90 and 60, all of it credited, refunds of 90 and 60 told to pay. The first is paid, and the 90
    /// bounce: the second rests on money that has left, whichever of the two is heard first.
    /// </summary>
    [Theory]
    [InlineData("paid", "reversed")]
    [InlineData("reversed", "paid")]
    public void Are_withdrawn_where_what_covered_them_has_left_by_another(params string[] order)
    {
        var second = Ids.From("refund", "2");
        var invoice = new[] { (1, 90m), (2, 60m) }.Aggregate(
            Invoice.Evolve(Invoice.Initial, Some.Issued(150)),
            (state, payment) => InvoiceDecider
                .ApplyPayment(state, Some.Payment(payment.Item1, payment.Item2), Some.Context).Events
                .Aggregate(state, Invoice.Evolve));
        invoice = new object[]
        {
            new InvoiceCredited(Memo, "CM-1", Some.Usd(90)),
            new InvoiceCredited(Ids.From("memo", "2"), "CM-2", Some.Usd(60)),
            new InvoiceCreditRefundReserved(Memo, Refund, Some.Usd(90)),
            new InvoiceCreditRefundReserved(Ids.From("memo", "2"), second, Some.Usd(60)),
        }.Aggregate(invoice, Invoice.Evolve);
        var (memo, withdrawn) = (Approved(90), new HashSet<Guid>());

        foreach (var heard in order)
        {
            IEnumerable<object> events = heard == "reversed"
                ? InvoiceDecider.ReversePayment(invoice, Some.Reversal(1, 90), Some.Context).Events
                : CreditRefundOutcome.Of(
                    Memo, memo, invoice, new PaymentOfRefund(Refund, Some.Today, null), null, Some.Context).OnInvoice;
            invoice = events.Aggregate(invoice, Invoice.Evolve);
            withdrawn.UnionWith(events.OfType<InvoiceCreditRefundUncovered>().Select(one => one.RefundId));
        }

        withdrawn.ShouldContain(second);
        (invoice.Refunded, invoice.RefundedInVain).ShouldBe((Some.Usd(90), Some.Usd(30)));
    }

    /// <summary>What has come back again covers the others as it did.</summary>
    [Fact]
    public void Are_not_withdrawn_where_another_was_paid_and_sent_back()
    {
        object[] past =
        [
            .. Some.Applied(Some.Issued(), 1, 60), new InvoiceCredited(Memo, "CM-1", Some.Issued().Total),
            new InvoiceCreditRefundReserved(Memo, Refund, Some.Usd(60)),
            new InvoiceCreditRefundReserved(Memo, Ids.From("refund", "2"), Some.Usd(40)),
        ];
        var invoice = past.Aggregate(Invoice.Initial, Invoice.Evolve);

        Told(null).OnInvoice.OfType<InvoiceCreditRefundUncovered>().ShouldHaveSingleItem();
        Told(Some.Today).OnInvoice.OfType<InvoiceCreditRefundUncovered>()
            .ShouldNotContain(one => one.Amount == Some.Usd(60));

        CreditRefundOutcome Told(DateOnly? returnedOn) => CreditRefundOutcome.Of(
            Memo, Approved(60), invoice, new PaymentOfRefund(Refund, Some.Today, returnedOn), null, Some.Context);
    }

    [Fact]
    public void Show_the_account_and_its_bank_before_the_name()
    {
        $"{new RefundPayee("Globex (DE89)", "DE02500105170137075030")}"
            .ShouldBe("DE02500105170137075030 (Globex (DE89))");
        $"{new RefundPayee("Globex", AccountNumber: "123", Bic: "DEUTDEFF", ClearingCode: "021000021")}"
            .ShouldBe("123 at DEUTDEFF 021000021 (Globex)");
    }

    /// <summary>The other side of it is posted there on that day; the two meet on cash clearing.</summary>
    [Fact]
    public void Are_booked_on_the_day_of_their_payment()
    {
        var told = new PaymentOfRefund(Refund, Some.Today.AddDays(1), null);
        var outcome = CreditRefundOutcome.Of(Memo, Approved(60), null, told, null, InDays(3));

        outcome.Refusal.ShouldBeNull();
        var paid = (CreditMemoRefunded)outcome.OnMemo.ShouldHaveSingleItem();
        (paid.Reserved, paid.Open, paid.Entry.PostingDate).ShouldBe((true, Some.Usd(40), Some.Today.AddDays(1)));
        paid.Entry.Lines.Select(line => (line.Account, line.Debit.Amount - line.Credit.Amount))
            .ShouldBe([("1200", 60m), ("1090", -60m)]);
    }

    [Fact]
    public void Are_booked_on_the_next_open_day_where_theirs_is_closed()
    {
        var closed = PeriodDecider.Close(
            AccountingCalendar.Initial, "US01", Period.Of(Some.Today), Some.Today.AddDays(10), null).Events
            .Aggregate(AccountingCalendar.Initial, AccountingCalendar.Evolve);
        var context = InDays(10) with { Calendar = closed };

        var outcome = CreditRefundOutcome.Of(
            Memo, Approved(60), null, new PaymentOfRefund(Refund, Some.Today, null), null, context);

        ((CreditMemoRefunded)outcome.OnMemo.Single()).Entry.PostingDate.ShouldBe(new DateOnly(2026, 12, 1));
    }

    /// <summary>In whatever order and however often it is told, it comes to the same.</summary>
    [Fact]
    public void Are_told_late_and_twice_without_harm()
    {
        var (day, back) = (Some.Today.AddDays(1), Some.Today.AddDays(4));
        var paid = new PaymentOfRefund(Refund, day, null);
        var returned = new PaymentOfRefund(Refund, day, back);
        foreach (var story in new PaymentOfRefund[][]
        {
            [paid, returned], [returned, paid], [paid, paid, returned, returned, paid], [returned, returned],
        })
        {
            var (memo, entries) = (Approved(60), new List<JournalEntry>());
            foreach (var told in story)
            {
                var outcome = CreditRefundOutcome.Of(Memo, memo, null, told, null, InDays(5));
                outcome.Refusal.ShouldBeNull();
                memo = outcome.OnMemo.Aggregate(memo, CreditMemo.Evolve);
                entries.AddRange(outcome.OnMemo.Cast<IFinancialEvent>().Select(e => e.Entry));
            }

            (memo.Open, memo.Available).ShouldBe((Some.Usd(100), Some.Usd(100)));
            entries.Select(entry => (entry.Kind, entry.PostingDate)).ShouldBe(
                [(PostingKinds.CreditRefunded, day), (PostingKinds.CreditRefundReturned, back)]);
        }
    }

    [Fact]
    public void That_are_not_paid_are_open_again_once()
    {
        var ended = new PaymentOfRefund(Refund, null, null);
        var memo = Approved(60);

        var outcome = CreditRefundOutcome.Of(Memo, memo, null, ended, null, Some.Context);
        var free = outcome.OnMemo.Aggregate(memo, CreditMemo.Evolve);

        (free.Available, free.Reserved.IsEmpty).ShouldBe((Some.Usd(100), true));
        CreditRefundOutcome.Of(Memo, free, null, ended, null, Some.Context).OnMemo.ShouldBeEmpty();
    }

    /// <summary>What cannot be is a defect and never passes in silence: money may have left twice.</summary>
    [Fact]
    public void That_contradict_what_is_known_are_refused()
    {
        var (paid, ended) = (new PaymentOfRefund(Refund, Some.Today, null), new PaymentOfRefund(Refund, null, null));
        var memo = Approved(60);
        var free = CreditRefundOutcome.Of(Memo, memo, null, ended, null, Some.Context).OnMemo
            .Aggregate(memo, CreditMemo.Evolve);
        var gone = CreditRefundOutcome.Of(Memo, memo, null, paid, null, Some.Context).OnMemo
            .Aggregate(memo, CreditMemo.Evolve);

        Code(free, paid).ShouldBe("refund-ended");
        Code(gone, ended).ShouldBe("refund-paid");
        Code(Issued(), paid).ShouldBe("not-found");

        string? Code(CreditMemo now, PaymentOfRefund told) =>
            CreditRefundOutcome.Of(Memo, now, null, told, null, Some.Context).Refusal?.Code;
    }

    /// <summary>I-18: what is kept counts; and what has left is recorded, whatever has bounced since.</summary>
    [Fact]
    public void I18_of_an_invoice_are_kept_of_what_was_paid_on_it()
    {
        object[] past =
        [
            .. Some.Applied(Some.Issued(), 1, 60), new InvoiceCredited(Memo, "CM-1", Some.Issued().Total),
        ];
        var invoice = past.Aggregate(Invoice.Initial, Invoice.Evolve);
        var kept = AdjustmentDecider.ReserveRefund(invoice, Memo, Refund, Some.Usd(60)).Events
            .Aggregate(invoice, Invoice.Evolve);
        kept.Refundable.ShouldBe(Some.Usd(0));
        AdjustmentDecider.ReserveRefund(kept, Memo, Refund, Some.Usd(60)).ShouldBe(Decision.Nothing);
        AdjustmentDecider.ReserveRefund(kept, Memo, Some.NewId(), Some.Usd(1)).Refusal!.Code.ShouldBe("exceeds-paid");
        var bounced = InvoiceDecider.ReversePayment(kept, Some.Reversal(1, 60), Some.Context).Events
            .Aggregate(kept, Invoice.Evolve);
        AdjustmentDecider.ReserveRefund(bounced, Memo, Refund, Some.Usd(60)).Refusal!.Code.ShouldBe("exceeds-paid");

        var outcome = CreditRefundOutcome.Of(
            Memo, Approved(60), bounced, new PaymentOfRefund(Refund, Some.Today, null), null, Some.Context);

        outcome.Refusal.ShouldBeNull();
        var after = outcome.OnInvoice.Aggregate(bounced, Invoice.Evolve);
        (after.Refunded, after.RefundedInVain, after.ReservedRefunds.IsEmpty)
            .ShouldBe((Some.Usd(60), Some.Usd(60), true));
    }

    /// <summary>Approved at 1.30, paid at 1.40 or, where that day has no rate, at the rate of its approval.</summary>
    [Fact]
    public void I16_leave_at_the_rate_of_their_payment()
    {
        var memo = Approve(Issued("EUR", Rate(1.20m)), Refund, 30, "E2E-1", Rate(1.30m)).Events
            .Aggregate(Issued("EUR", Rate(1.20m)), CreditMemo.Evolve);
        Approve(Issued("EUR", Rate(1.20m)), Refund, 30, "E2E-1").Refusal!.Code.ShouldBe("no-exchange-rate");
        Worth(Rate(1.40m)).ShouldBe([("1200", 36m), ("1090", -42m), ("7810", 6m)]);
        Worth(null).ShouldBe([("1200", 36m), ("1090", -39m), ("7810", 3m)]);

        IEnumerable<(string, decimal)> Worth(ExchangeRate? rate)
        {
            var told = new PaymentOfRefund(Refund, Some.Today, null);
            var paid = (CreditMemoRefunded)CreditRefundOutcome.Of(Memo, memo, null, told, rate, Some.Context).OnMemo[0];
            return paid.Entry.Lines.Select(line =>
                (line.Account, line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount));
        }
    }

    private static PostingContext InDays(int days) => Some.Context with { Now = Some.Now.AddDays(days) };

    private static ExchangeRate Rate(decimal rate) => new(ExchangeRate.Daily, Some.Today, rate);

    private static CreditMemo Approved(decimal amount) =>
        Approve(Issued(), Refund, amount, "E2E-1").Events.Aggregate(Issued(), CreditMemo.Evolve);

    private static Decision Approve(
        CreditMemo memo, Guid refund, decimal amount, string reference, ExchangeRate? rate = null) =>
        CreditRefundDecider.Approve(memo, new CreditMemoRefundApproved(
            refund, memo.Issued!.Number, Some.Customer, "US01", Money.Of(amount, memo.Open.Currency), reference, "1090",
            "goods came back", "ana", "mia", new RefundPayee("Globex", "DE89370400440532013000"), rate), Some.Context);

    /// <summary>A credit of 100.00 on account, dated today.</summary>
    private static CreditMemo Issued(string currency = "USD", ExchangeRate? rate = null)
    {
        var wish = new IssueCreditMemo(Some.Customer, CreditReason.Return, [Some.Line(1, 100, 0)]);
        var (draft, refusal) = CreditMemoDraft.Of(wish, Some.Account(currency) with { Rate = rate }, null, Some.Now);
        refusal.ShouldBeNull();
        return CreditMemo.Evolve(CreditMemo.Initial, CreditMemoDecider.Issue(draft!, "CM-US01-2026-000001"));
    }
}
