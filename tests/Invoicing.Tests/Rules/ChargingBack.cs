using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

/// <summary>INV-06: what a payer kept back becomes an item of its own.</summary>
public class ChargingBack
{
    private static readonly Guid InvoiceId = Ids.From("invoice", "1");
    private static readonly Guid ChargebackId = Ids.From("chargeback", "1");

    [Fact]
    public void It_takes_over_net_and_taxes_on_the_accounts_of_the_invoice_to_the_cent()
    {
        var issued = Taxed();
        var invoice = Of(issued, Paid(issued, 500m));

        var (chargeback, onInvoice) = Draft(invoice).Issue(ChargebackId, "DM-US01-2026-000001");

        // Billed 300 + 24 and 100 + 8 at 8 %, 200 + 0 at 0 %: of 632 what is open is 132.
        (chargeback.Total, chargeback.Net + chargeback.Tax, onInvoice.Amount)
            .ShouldBe((Some.Usd(132), Some.Usd(132), Some.Usd(132)));
        chargeback.Lines.Select(line => (line.RevenueAccount, line.TaxRate, line.Net.Amount, line.Tax.Amount))
            .ShouldBe([("4000", 0.08m, 62.66m, 5.01m), ("4100", 0.08m, 20.89m, 1.67m), ("4200", 0m, 41.77m, 0m)]);
        onInvoice.Entry.Lines.Select(line => (line.Account, line.Role, line.Debit, line.Credit)).ShouldBe(
            chargeback.Entry.Lines.Select(line => (line.Account, line.Role, line.Credit, line.Debit)));
        (chargeback.Entry.Kind, onInvoice.Entry.Kind, onInvoice.Entry.PostingDate)
            .ShouldBe((PostingKinds.ChargedBack, PostingKinds.ChargedBack, chargeback.Entry.PostingDate));
        var after = Invoice.Evolve(invoice, onInvoice);
        (after.Status, after.Balance, after.Creditable).ShouldBe((InvoiceStatus.Paid, Some.Usd(0), Some.Usd(500)));
        after.TaxesLeft.Sum(tax => tax.Net.Amount + tax.Tax.Amount).ShouldBe(500m);
    }

    [Fact]
    public void Its_parts_are_settled_in_the_order_of_its_invoice()
    {
        var invoice = Of(Some.Issued() with { ApplicationRule = ApplicationRule.LineFirstTaxAfter });

        Draft(invoice).Issue(ChargebackId, "DM").Chargeback.ApplicationRule.ShouldBe(ApplicationRule.LineFirstTaxAfter);
    }

    [Fact]
    public void It_is_due_when_the_installment_was_or_on_another_day_that_is_asked_for()
    {
        var invoice = Of(Some.Issued());

        var agreed = Draft(invoice);
        var later = Draft(invoice, due: Some.Today.AddDays(31));
        var today = Draft(invoice, due: Some.Today);

        (agreed.DueDate, agreed.IsDueLater).ShouldBe((Some.Today.AddDays(30), false));
        later.IsDueLater.ShouldBeTrue();
        agreed.Issue(ChargebackId, "DM").Chargeback.Terms.ShouldBe("NET 30");
        today.Issue(ChargebackId, "DM").Chargeback.Terms.ShouldBe("DUE ON RECEIPT");
        Refused(invoice, due: Some.Today.AddDays(-1)).ShouldBe("due-date-out-of-range");
        Refused(invoice, due: Some.Today.AddDays(366)).ShouldBe("due-date-out-of-range");
    }

    [Fact]
    public void What_is_overdue_stays_so_and_keeps_the_day_on_which_it_was_first_agreed_to_be_due()
    {
        var issued = Some.Issued();
        var late = Of(issued with
        {
            Installments = [issued.Installments[0] with { DueDate = Some.Today.AddDays(-90) }],
        });

        var (same, _) = Draft(late).Issue(ChargebackId, "DM");
        var asked = Draft(late, due: Some.Today);
        var (moved, _) = asked.Issue(ChargebackId, "DM");

        (Of(same).ItemWith(1, same.Total).DueDate, Of(same).ItemWith(1, same.Total).OriginalDueDate, same.Terms)
            .ShouldBe((Some.Today.AddDays(-90), null, "DUE ON RECEIPT"));
        asked.IsDueLater.ShouldBeTrue();
        (Of(moved).ItemWith(1, moved.Total).DueDate, Of(moved).ItemWith(1, moved.Total).OriginalDueDate)
            .ShouldBe((Some.Today, Some.Today.AddDays(-90)));
        moved.AgreedDueDate(moved.Installments[0]).ShouldBe(Some.Today.AddDays(-90));
    }

    [Fact]
    public void What_waits_on_the_invoice_already_is_not_charged_back()
    {
        var issued = Some.Issued();
        var disputed = AdjustmentDecider.MarkDisputed(Of(issued), 1, Some.Usd(30), Some.Context).Events[0];

        Refused(Of(issued, disputed)).ShouldBe("item-disputed");
        Refused(Of(issued, disputed), 70, expected: 1).ShouldBe("payment-pending");
        Draft(Of(issued, disputed), 69, expected: 1).Amount.ShouldBe(Some.Usd(69));
        Refused(Of(issued), 100.01m).ShouldBe("exceeds-balance");
        Refused(Of(issued), 0).ShouldBe("nothing-open");
        Refused(Of(issued), installment: 2).ShouldBe("no-such-installment");
    }

    [Fact]
    public void What_was_credited_elsewhere_is_not_owed_a_second_time()
    {
        var issued = Some.Issued();
        var credited = new InvoiceCredited(Ids.From("memo", "1"), "CM-US01-2026-000001", Some.Usd(30));

        Refused(Of(issued, credited)).ShouldBe("credits-not-applied");
        Draft(Of(issued, credited), 70).Amount.ShouldBe(Some.Usd(70));
    }

    /// <summary>I-18: it could be paid back, and its amount be owed on the chargeback all the same.</summary>
    [Fact]
    public void A_credit_that_was_left_open_beside_a_payment_is_not_charged_back()
    {
        var issued = Some.Issued();
        var credited = new InvoiceCredited(Ids.From("memo", "1"), "CM-US01-2026-000001", Some.Usd(40));

        Refused(Of(issued, Paid(issued, 60), credited), 40).ShouldBe("credits-not-applied");
        Draft(Of(issued, Paid(issued, 60)), 40).Amount.ShouldBe(Some.Usd(40));
    }

    [Fact]
    public void Nothing_is_taken_back_while_a_refund_is_kept_that_it_would_uncover()
    {
        var (issued, memo) = (Some.Issued(), Ids.From("memo", "1"));
        var (chargeback, onInvoice) = Draft(Of(issued, Paid(issued, 80)), 20).Issue(ChargebackId, "DM");
        var invoice = Of(issued, Paid(issued, 80), onInvoice, new InvoiceCredited(memo, "CM", Some.Usd(30)));
        var kept = AdjustmentDecider.ReserveRefund(invoice, memo, Ids.From("refund", "1"), Some.Usd(30)).Events[0];

        ChargebackReversal.Of(
            Invoice.Evolve(invoice, kept), ChargebackId, Of(chargeback), Some.Usd(0), Some.Context)
            .Refusal!.Code.ShouldBe("refund-awaited");
    }

    [Theory]
    [InlineData(DocumentKind.DebitMemo)]
    [InlineData(DocumentKind.Deposit)]
    public void Only_an_invoice_is_charged_back(DocumentKind kind) =>
        Refused(Of(Some.Issued() with { Kind = kind })).ShouldBe("not-charged-back");

    [Fact]
    public void The_invoice_is_credited_no_more_by_what_its_chargeback_can_be()
    {
        var issued = Some.Issued();
        var (chargeback, onInvoice) = Draft(Of(issued), 40).Issue(ChargebackId, "DM");
        var memo = new CreditSource(Ids.From("memo", "1"), "CM", Some.Today);

        Some.Invoices.Given(issued, onInvoice).When(invoice => AdjustmentDecider.Credit(invoice, memo, Some.Usd(61)))
            .ThenRefused("exceeds-creditable");
        Some.Invoices.Given(issued, onInvoice)
            .When(invoice => AdjustmentDecider.WriteOff(invoice, ChargebackId, 1, Some.Usd(60), Some.Context))
            .ThenState(invoice => invoice.Balance.IsZero.ShouldBeTrue());
        AdjustmentDecider.Credit(Of(chargeback), memo, Some.Usd(40)).IsRefused.ShouldBeFalse();
        CreditMemoDraft.OfGross(ChargebackId, Of(chargeback), Some.Usd(40), Some.Context).Total
            .ShouldBe(Some.Usd(40));
    }

    [Fact]
    public void A_chargeback_is_neither_waived_nor_voided_and_its_invoice_is_not_voided_before_it()
    {
        var issued = Some.Issued();
        var (chargeback, onInvoice) = Draft(Of(issued), 40).Issue(ChargebackId, "DM");

        Some.Invoices.Given(chargeback)
            .When(memo => ChargeDecider.Waive(memo, ChargebackId, 1, null, Some.Context)).ThenRefused("not-waivable");
        Some.Invoices.Given(chargeback).When(memo => InvoiceDecider.Void(memo, "wrong", Some.Context))
            .ThenRefused("chargeback-not-voided");
        Some.Invoices.Given(issued, onInvoice).When(invoice => InvoiceDecider.Void(invoice, "wrong", Some.Context))
            .ThenRefused("invoice-has-payments");
    }

    [Fact]
    public void Taken_back_the_invoice_is_open_and_due_as_before_and_nothing_is_posted_twice()
    {
        var issued = Taxed();
        var before = Of(issued, Paid(issued, 500m));
        var (chargeback, onInvoice) = Draft(before, 100).Issue(ChargebackId, "DM");
        var invoice = Invoice.Evolve(before, onInvoice);

        var (reversal, _) = ChargebackReversal.Of(invoice, ChargebackId, Of(chargeback), Some.Usd(0), Some.Context);

        var after = Invoice.Evolve(invoice, reversal!.OnInvoice);
        after.Items().ShouldBe(before.Items());
        after.TaxesLeft.ShouldBe(before.TaxesLeft);
        Of(chargeback, reversal.OnChargeback).Status.ShouldBe(InvoiceStatus.Void);
        reversal.OnInvoice.Entry.Lines.Concat(reversal.OnChargeback.Entry.Lines)
            .GroupBy(line => line.Account).ShouldAllBe(
                account => account.Sum(line => line.Debit.Amount - line.Credit.Amount) == 0);
        ChargebackReversal.Of(after, ChargebackId, Of(chargeback, reversal.OnChargeback), Some.Usd(0), Some.Context)
            .Refusal!.Code.ShouldBe("not-found");
    }

    [Fact]
    public void Nothing_is_taken_back_that_is_paid_credited_or_about_to_be_paid()
    {
        var issued = Some.Issued();
        var (chargeback, onInvoice) = Draft(Of(issued), 40).Issue(ChargebackId, "DM");
        var (invoice, paid) = (Of(issued, onInvoice), Paid(chargeback, 1));
        var credited = new InvoiceCredited(Ids.From("memo", "1"), "CM", Some.Usd(1));

        Reversed(chargeback, paid).ShouldBe("chargeback-settled");
        Reversed(chargeback, credited).ShouldBe("chargeback-settled");
        Reversed(chargeback, AdjustmentDecider.MarkDisputed(Of(chargeback), 1, Some.Usd(5), Some.Context).Events[0])
            .ShouldBe("item-disputed");
        ChargebackReversal.Of(invoice, ChargebackId, Of(chargeback), Some.Usd(1), Some.Context)
            .Refusal!.Code.ShouldBe("payment-pending");

        string Reversed(params object[] events) =>
            ChargebackReversal.Of(invoice, ChargebackId, Of(events), Some.Usd(0), Some.Context).Refusal!.Code;
    }

    /// <summary>Tax at two rates, on three accounts.</summary>
    private static InvoiceIssued Taxed() => (InvoiceIssued)InvoiceDecider.Issue(
        Invoice.Initial,
        Some.Draft(Some.Wish(
            Some.Line(1, 300, 0.08m, account: "4000"), Some.Line(1, 100, 0.08m, account: "4100"),
            Some.Line(1, 200, 0, account: "4200"))),
        "INV-US01-2026-000001").Events[0];

    private static object Paid(InvoiceIssued issued, decimal amount) =>
        InvoiceDecider.ApplyPayment(Of(issued), Some.Payment(1, amount), Some.Context).Events[0];

    private static Invoice Of(params object[] events) => events.Aggregate(Invoice.Initial, Invoice.Evolve);

    private static ChargebackDraft Draft(
        Invoice invoice, decimal? amount = null, DateOnly? due = null, decimal expected = 0)
    {
        var (draft, refusal) = Decide(invoice, amount, due, expected);
        refusal.ShouldBeNull();
        return draft!;
    }

    private static string Refused(
        Invoice invoice, decimal? amount = null, DateOnly? due = null, decimal expected = 0, int installment = 1) =>
        Decide(invoice, amount, due, expected, installment).Refusal!.Code;

    private static (ChargebackDraft? Draft, Refusal? Refusal) Decide(
        Invoice invoice, decimal? amount, DateOnly? due, decimal expected, int installment = 1) => ChargebackDraft.Of(
            invoice,
            new ChargeBack(
                new ChargebackOrigin(InvoiceId, invoice.Issued!.Number, installment, "short paid", "DN-7"),
                amount is { } some ? Some.Usd(some) : null, due, Some.Usd(expected)),
            CustomerStatus.Active, Some.Context);
}
