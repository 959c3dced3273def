using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>
/// A deposit of 100.00 and 19.00 of tax, paid, and the invoice over 1,000.00 and 190.00 that it is netted with.
/// </summary>
public class NettingDeposits
{
    private static readonly Guid DepositId = Ids.From("invoice", "deposit");
    private static readonly Guid FinalId = Ids.From("invoice", "final");

    [Fact]
    public void Is_a_liability_with_its_own_tax_while_it_waits_for_the_delivery()
    {
        var deposit = Deposit();

        deposit.Issued!.Entry.Lines.Select(Line).ShouldBe(
            [("1200", 119m, 0m), ("2450", 0m, 100m), ("2200", 0m, 19m)]);
        (deposit.Issued.Entry.Kind, deposit.Balance, deposit.Available)
            .ShouldBe((PostingKinds.DepositIssued, Some.Usd(119), Some.Usd(0)));
        Paid(deposit, 119).Available.ShouldBe(Some.Usd(119));
    }

    [Fact]
    public void The_invoice_owes_the_rest_and_only_the_tax_that_was_not_owed_before()
    {
        var (deposit, invoice, applied) = Netted(Paid(Deposit(), 119), Final());

        (invoice.Balance, invoice.Status).ShouldBe((Some.Usd(1_071), InvoiceStatus.PartiallyPaid));
        applied.Entry.Lines.Select(Line).ShouldBe([("2450", 100m, 0m), ("2200", 19m, 0m), ("1200", 0m, 119m)]);
        (applied.Net, applied.Tax, applied.DepositDate).ShouldBe((Some.Usd(100), Some.Usd(19), Some.Today));
        applied.Taxes.ShouldBe([new TaxShare("TX", 0.19m, Some.Usd(100), Some.Usd(19))]);
        (deposit.Used, deposit.Available, deposit.NetLeft).ShouldBe((Some.Usd(119), Some.Usd(0), Some.Usd(0)));
    }

    [Fact]
    public void I18_no_more_is_netted_than_is_paid_and_none_of_it_twice()
    {
        Settle(Deposit(), Final()).Refusal!.Code.ShouldBe("nothing-held");
        var half = Paid(Deposit(), 60);
        Settle(half, Final(), 61).Refusal!.Code.ShouldBe("exceeds-held");
        var (deposit, invoice, _) = Netted(half, Final());
        invoice.Balance.ShouldBe(Some.Usd(1_130));
        Settle(deposit, invoice).Refusal!.Code.ShouldBe("nothing-held");
        Settle(deposit, invoice, 1).Refusal!.Code.ShouldBe("exceeds-held");
    }

    [Fact]
    public void Parts_of_it_take_all_of_its_tax_to_the_cent()
    {
        var deposit = Paid(Deposit(Some.Line(1, 33.35m, 0.19m), Some.Line(1, 66.67m, 0.07m)), 111.03m);
        var (net, tax) = (deposit.Issued!.Net, deposit.Issued.Tax);
        var parts = new List<DepositApplied>();
        foreach (var amount in new[] { 0.01m, 37.77m, 0.02m, 13.13m })
        {
            (deposit, _, var applied) = Netted(deposit, Final(), amount);
            parts.Add(applied);
        }

        (deposit, _, var last) = Netted(deposit, Final());
        parts.Add(last);

        Money.Sum(parts.Select(one => one.Net), Currency.Of("USD")).ShouldBe(net);
        Money.Sum(parts.Select(one => one.Tax), Currency.Of("USD")).ShouldBe(tax);
        parts.ShouldAllBe(one => one.Taxes.Sum(share => share.Net.Amount) == one.Net.Amount
            && one.Taxes.Sum(share => share.Tax.Amount) == one.Tax.Amount);
        (deposit.NetLeft.IsZero, deposit.TaxLeft.IsZero).ShouldBe((true, true));
    }

    /// <summary>D-66: what is cancelled gives back what it consumed: the deposit is held again, whole.</summary>
    [Fact]
    public void D66_a_void_returns_the_deposit_that_the_invoice_was_netted_with()
    {
        var paid = Paid(Deposit(), 119);
        var (deposit, invoice, _) = Netted(paid, Final());

        var voiding = Void(invoice, deposit);

        voiding.OnInvoice.Events.Select(e => e.GetType())
            .ShouldBe([typeof(DepositUnapplied), typeof(InvoiceVoided)]);
        var after = voiding.OnDeposits[DepositId].Aggregate(deposit, Invoice.Evolve);
        (after.Available, after.NetLeft, after.Uses.Count).ShouldBe((Some.Usd(119), Some.Usd(100), 0));
        var entries = voiding.OnInvoice.Events.Cast<IFinancialEvent>().SelectMany(e => e.Entry.Lines).ToList();
        entries.Where(line => line.Account == "2450").Sum(line => line.Credit.Amount - line.Debit.Amount).ShouldBe(100);
        entries.Where(line => line.Account == "1200").Sum(line => line.Credit.Amount - line.Debit.Amount)
            .ShouldBe(1_071);
        var cancelled = voiding.OnInvoice.Events.Aggregate(invoice, Invoice.Evolve);
        (cancelled.Balance, cancelled.Status, cancelled.Deposits.Count)
            .ShouldBe((Some.Usd(0), InvoiceStatus.Void, 0));
        Netted(after, Final()).Invoice.Balance.ShouldBe(Some.Usd(1_071));
    }

    /// <summary>No day of the past shows it used by two: it is taken again once it was given back.</summary>
    [Fact]
    public void I02_what_was_given_back_is_not_netted_on_a_day_before_that()
    {
        var (deposit, invoice, _) = Netted(Paid(Deposit(), 119), Final());
        var later = Some.Today.AddDays(9);

        var voiding = Void(invoice with { LastPosting = later }, deposit);
        var back = voiding.OnDeposits[DepositId].Aggregate(deposit, Invoice.Evolve);

        voiding.OnInvoice.Events.OfType<DepositUnapplied>().Single().Entry.PostingDate.ShouldBe(later);
        Netted(back, Final()).Applied.Entry.PostingDate.ShouldBe(later);
    }

    /// <summary>D-66: a credit of the account is never consumed by a void: it is taken off first, whole.</summary>
    [Fact]
    public void D66_a_void_is_refused_while_a_credit_is_applied_and_leaves_credit_and_deposit_alone()
    {
        var (deposit, invoice, _) = Netted(Paid(Deposit(), 119), Final());
        var memo = Memo(CreditReason.Goodwill, 50, null);
        var settlement = new CreditSettlement(Ids.From("memo", "1"), memo, Some.Context, Some.NewId);
        invoice = settlement.Settle(FinalId, invoice).Events.Aggregate(invoice, Invoice.Evolve);

        var voiding = Void(invoice, deposit);

        voiding.OnInvoice.Refusal!.Code.ShouldBe("invoice-has-payments");
        voiding.OnDeposits.ShouldBeEmpty();
        var application = settlement.Memo.Applications.Keys.Single();
        invoice = settlement.TakeBack(application, invoice).Events.Aggregate(invoice, Invoice.Evolve);
        settlement.Memo.Open.ShouldBe(Some.Usd(50));
        Void(invoice, deposit).OnInvoice.IsRefused.ShouldBeFalse();
    }

    /// <summary>
    /// D-67: the bank takes back the money of a deposit that is netted already. That is a new fact, nothing flips: the
    /// deposit is owed again, and voiding the invoice afterwards gives nothing that is not paid.
    /// </summary>
    [Fact]
    public void D67_money_that_comes_back_and_a_void_after_it_never_make_a_deposit_grow()
    {
        var (deposit, invoice, _) = Netted(Paid(Deposit(), 119), Final());

        var back = InvoiceDecider.ReversePayment(deposit, Some.Reversal(1, 119), Some.Context);
        deposit = back.Events.Aggregate(deposit, Invoice.Evolve);
        InvoiceDecider.ReversePayment(deposit, Some.Reversal(1, 119), Some.Context).Events.ShouldBeEmpty();

        (deposit.Balance, deposit.Available, invoice.Balance)
            .ShouldBe((Some.Usd(119), Some.Usd(0), Some.Usd(1_071)));
        Settle(deposit, Final()).Refusal!.Code.ShouldBe("nothing-held");
        InvoiceDecider.Void(deposit, "gone", Some.Context).Refusal!.Code.ShouldBe("deposit-in-use");
        Credit(deposit, 119).Refusal!.Code.ShouldBe("exceeds-creditable");
        deposit = Void(invoice, deposit).OnDeposits[DepositId].Aggregate(deposit, Invoice.Evolve);
        (deposit.Available, deposit.NetLeft).ShouldBe((Some.Usd(0), Some.Usd(100)));
        var applied = InvoiceDecider.ApplyPayment(deposit, Some.Payment(1, 119), Some.Context);
        applied.Events.ShouldBeEmpty("a payment that was taken back is not applied again");
        Paid(deposit, 119, 2).Available.ShouldBe(Some.Usd(119));
        InvoiceDecider.Void(deposit, "gone", Some.Context).IsRefused.ShouldBeFalse();
    }

    /// <summary>
    /// D-68: cash application has paid what is to be voided here, or pays what was voided: whoever comes second is
    /// refused, and nothing of the other side changes.
    /// </summary>
    [Fact]
    public void D68_what_is_refused_changes_nothing_on_either_side()
    {
        var (deposit, invoice, _) = Netted(Paid(Deposit(), 119), Final());
        var paid = InvoiceDecider.ApplyPayment(invoice, Some.Payment(2, 500), Some.Context).Events
            .Aggregate(invoice, Invoice.Evolve);
        var voided = Void(invoice, deposit).OnInvoice.Events.Aggregate(invoice, Invoice.Evolve);

        var refused = Void(paid, deposit);
        var rejected = InvoiceDecider.ApplyPayment(voided, Some.Payment(2, 500), Some.Context);

        (refused.OnInvoice.Refusal!.Code, refused.OnDeposits.Count).ShouldBe(("invoice-has-payments", 0));
        rejected.Events.ShouldHaveSingleItem().ShouldBeOfType<PaymentApplicationRejected>().Code
            .ShouldBe("invoice-void");
        rejected.Events.Aggregate(voided, Invoice.Evolve).Balance.ShouldBe(Some.Usd(0));
    }

    [Fact]
    public void What_is_credited_of_a_deposit_is_owed_back_no_more_and_cannot_be_netted()
    {
        var deposit = Paid(Deposit(), 119);

        var (draft, _) = Credit(deposit, 50);
        var issued = CreditMemoDecider.Issue(draft!, "CM-US01-2026-000001");
        issued.Entry.Lines.Select(Line).ShouldBe(
            [("2450", issued.Net.Amount, 0m), ("2200", issued.Tax.Amount, 0m), ("1200", 0m, 50m)]);
        (issued.Net, issued.Tax).ShouldBe((Some.Usd(42.02m), Some.Usd(7.98m)));
        var source = new CreditSource(Ids.From("memo", "1"), issued.Number, Some.Today);
        deposit = AdjustmentDecider.Credit(deposit, source, issued.Total).Events.Aggregate(deposit, Invoice.Evolve);

        (deposit.Available, deposit.NetLeft, deposit.TaxLeft)
            .ShouldBe((Some.Usd(69), Some.Usd(57.98m), Some.Usd(11.02m)));
        Settle(deposit, Final(), 70).Refusal!.Code.ShouldBe("exceeds-held");
        (deposit, _, _) = Netted(deposit, Final());
        Credit(deposit, 0.01m).Refusal!.Code.ShouldBe("exceeds-creditable");
        (deposit.NetLeft, deposit.TaxLeft).ShouldBe((Some.Usd(0), Some.Usd(0)));
    }

    [Fact]
    public void Only_an_invoice_of_the_same_customer_is_netted_and_only_with_a_deposit()
    {
        var deposit = Paid(Deposit(), 119);

        Settle(Final(), Final()).Refusal!.Code.ShouldBe("not-a-deposit");
        Settle(deposit, Paid(Deposit(), 1)).Refusal!.Code.ShouldBe("not-an-invoice");
        var stranger = Final();
        stranger = stranger with { Issued = stranger.Issued! with { CustomerId = Some.NewId() } };
        Settle(deposit, stranger).Refusal!.Code.ShouldBe("other-customer");
        AdjustmentDecider.WriteOff(Deposit(), Some.NewId(), 1, null, Some.Context).Refusal!.Code
            .ShouldBe("deposit-not-written-off");
    }

    /// <summary>The deposit is worth what its own date said; the rest is gain or loss, with the right sign.</summary>
    [Theory]
    [InlineData(110, 120, AccountRoles.ExchangeLoss)]
    [InlineData(120, 110, AccountRoles.ExchangeGain)]
    public void I16_a_foreign_deposit_keeps_its_rate(int thenPercent, int nowPercent, string role)
    {
        var (then, now) = (thenPercent / 100m, nowPercent / 100m);
        var paid = Paid(Deposit("EUR", then), 119, currency: "EUR", rate: then);
        var (deposit, invoice, applied) = Netted(paid, Final("EUR", now));

        var difference = applied.Entry.Lines.Single(line => line.Debit.IsZero && line.Credit.IsZero);
        (difference.Role, difference.BaseDebit!.Value.Amount + difference.BaseCredit!.Value.Amount)
            .ShouldBe((role, 11.90m));
        applied.Entry.Lines.Sum(line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount).ShouldBe(0);
        var back = Void(invoice, deposit).OnInvoice.Events.OfType<DepositUnapplied>().Single().Entry;
        back.Lines.Concat(applied.Entry.Lines).GroupBy(line => line.Account).ShouldAllBe(account =>
            account.Sum(line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount) == 0);
    }

    private static Invoice Deposit(params IssueInvoiceLine[] lines) => Issued(
        DocumentKind.Deposit, "DEP-US01-2026-000001",
        lines.Length > 0 ? lines : [Some.Line(1, 100, 0.19m)], Some.Account());

    private static Invoice Deposit(string currency, decimal rate) => Issued(
        DocumentKind.Deposit, "DEP-US01-2026-000001", [Some.Line(1, 100, 0.19m)], Foreign(currency, rate));

    private static Invoice Final() => Issued(
        DocumentKind.Invoice, "INV-US01-2026-000001", [Some.Line(10, 100, 0.19m)], Some.Account());

    private static Invoice Final(string currency, decimal rate) => Issued(
        DocumentKind.Invoice, "INV-US01-2026-000001", [Some.Line(10, 100, 0.19m)], Foreign(currency, rate));

    private static Invoice Issued(
        DocumentKind kind, string number, IssueInvoiceLine[] lines, BillingAccount account)
    {
        var wish = Some.Wish(kind == DocumentKind.Deposit
            ? [.. lines.Select(line => line with { RevenueAccount = "2450" })]
            : lines);
        var draft = Some.Draft(wish, account) with { Kind = kind };
        return Invoice.Evolve(Invoice.Initial, InvoiceDecider.Issue(Invoice.Initial, draft, number).Events[0]);
    }

    private static BillingAccount Foreign(string currency, decimal rate) =>
        Some.Account(currency) with { Rate = new ExchangeRate(ExchangeRate.Daily, Some.Today, rate) };

    private static Invoice Paid(
        Invoice invoice, decimal amount, int allocation = 1, string currency = "USD", decimal? rate = null)
    {
        var payment = Some.Payment(allocation, amount, currency: currency) with
        {
            Rate = rate is { } known ? new ExchangeRate(ExchangeRate.Daily, Some.Today, known) : null,
        };
        var applied = InvoiceDecider.ApplyPayment(invoice, payment, Some.Context);
        applied.Events.ShouldHaveSingleItem().ShouldBeOfType<PaymentApplied>();
        return applied.Events.Aggregate(invoice, Invoice.Evolve);
    }

    private static Decision Settle(Invoice deposit, Invoice invoice, decimal? amount = null) =>
        new DepositSettlement(DepositId, deposit, Some.Context, Some.NewId).Settle(
            FinalId, invoice, amount is { } asked ? Money.Of(asked, deposit.Currency) : null);

    private static (Invoice Deposit, Invoice Invoice, DepositApplied Applied) Netted(
        Invoice deposit, Invoice invoice, decimal? amount = null)
    {
        var settlement = new DepositSettlement(DepositId, deposit, Some.Context, Some.NewId);
        var decision = settlement.Settle(
            FinalId, invoice, amount is { } asked ? Money.Of(asked, deposit.Currency) : null);
        var applied = decision.Events.ShouldHaveSingleItem().ShouldBeOfType<DepositApplied>();
        return (settlement.Deposit, Invoice.Evolve(invoice, applied), applied);
    }

    private static InvoiceVoiding Void(Invoice invoice, Invoice deposit) => InvoiceVoiding.Of(
        FinalId, invoice, new Dictionary<Guid, Invoice> { [DepositId] = deposit }, "not delivered", Some.Context);

    private static (CreditMemoDraft? Draft, Refusal? Refusal) Credit(Invoice deposit, decimal gross)
    {
        var wish = new IssueCreditMemo(
            Some.Customer, CreditReason.Return, [Some.Line(1, gross, 0)], DepositId);
        var (draft, refusal) = CreditMemoDraft.Of(wish, Some.Account(), deposit.Issued, Some.Now);
        refusal.ShouldBeNull();
        return draft!.For(deposit);
    }

    private static CreditMemo Memo(CreditReason reason, decimal gross, Guid? invoiceId)
    {
        var wish = new IssueCreditMemo(Some.Customer, reason, [Some.Line(1, gross, 0)], invoiceId);
        var (draft, _) = CreditMemoDraft.Of(wish, Some.Account(), null, Some.Now);
        return CreditMemo.Evolve(CreditMemo.Initial, CreditMemoDecider.Issue(draft!, "CM-US01-2026-000002"));
    }

    private static (string Account, decimal Debit, decimal Credit) Line(JournalLine line) =>
        (line.Account, line.Debit.Amount, line.Credit.Amount);
}
