using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class DeductingDiscounts
{
    private static readonly DateOnly LastDay = Some.Today.AddDays(10);

    [Fact]
    public void What_is_paid_less_the_discount_within_grace_closes_the_invoice()
    {
        // 1,800 received against 2,000 at 10 % within 10 days, three days late with three days of grace.
        var outcome = Some.Invoices.Given(Issued(2_000, "10/10 NET 30", graceDays: 3))
            .When(invoice => Pay(invoice, 1_800, 200, LastDay.AddDays(3)));

        outcome.ThenState(invoice => invoice.Status.ShouldBe(InvoiceStatus.Paid));
    }

    [Fact]
    public void Its_entry_lowers_net_and_tax_in_the_invoices_proportion()
    {
        var invoice = After(Issued(1_000, "2/10 NET 30", taxRate: 0.08m));

        var applied = (PaymentApplied)Pay(invoice, 1_058.40m, 21.60m, LastDay).Events.ShouldHaveSingleItem();

        applied.Entry.Lines.Select(line => (line.Account, line.Role, line.Debit.Amount, line.Credit.Amount)).ShouldBe(
        [
            ("2400", "unapplied-cash", 1_058.40m, 0m), ("4910", "cash-discount", 20m, 0m), ("2200", "tax", 1.60m, 0m),
            ("1200", "receivables", 0m, 1_080m),
        ]);
    }

    /// <summary>D-31: the tax share of a discount left a cent without an account.</summary>
    [Fact]
    public void D31_the_tax_share_of_any_discount_loses_no_cent()
    {
        var random = new Random(31);
        for (var n = 0; n < 500; n++)
        {
            var issued = Issued(random.Next(1, 1_000_000) / 100m, "3/10 NET 30", taxRate: 0.0825m);
            var discount = issued.Total.Times(0.03m);
            if (discount.IsZero)
                continue;

            var applied = (PaymentApplied)Pay(
                After(issued), (issued.Total - discount).Amount, discount.Amount, LastDay).Events[0];

            applied.Entry.Lines.Sum(line => line.Debit.Amount).ShouldBe(issued.Total.Amount);
            applied.Item.Balance.IsZero.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(98, 2, 11, "discount-not-earned")]
    [InlineData(97, 3, 10, "discount-not-earned")]
    [InlineData(98, 2.01, 10, "exceeds-balance")]
    [InlineData(49, 1.01, 10, "discount-not-earned")]
    [InlineData(98, -2, 10, "discount-not-earned")]
    public void What_is_not_earned_is_rejected(double paid, double discount, int days, string code) =>
        Pay(After(Issued(100, "2/10 NET 30")), (decimal)paid, (decimal)discount, Some.Today.AddDays(days))
            .Events.ShouldHaveSingleItem().ShouldBeOfType<PaymentApplicationRejected>().Code.ShouldBe(code);

    /// <summary>Cash application may give what is offered to money that came too late, and no more.</summary>
    [Fact]
    public void What_is_offered_is_given_to_late_money_where_cash_application_says_so()
    {
        var invoice = After(Issued(100, "2/10 NET 30"));
        Late(98, 2).ShouldBeOfType<PaymentApplied>().Item.Balance.IsZero.ShouldBeTrue();
        Late(97, 3).ShouldBeOfType<PaymentApplicationRejected>().Code.ShouldBe("discount-not-earned");

        object Late(decimal paid, decimal discount) => InvoiceDecider.ApplyPayment(
            invoice,
            Some.Payment(9, paid) with
            {
                ValueDate = LastDay.AddDays(5),
                Discount = Some.Usd(discount),
                GivesUnearned = true,
            },
            Some.Context).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void D29_a_part_paid_without_discount_earns_nothing_afterwards()
    {
        var issued = Issued(1_000, "2/10 NET 30");
        var first = InvoiceDecider.ApplyPayment(After(issued), Some.Payment(1, 500), Some.Context).Events;

        var invoice = After([issued, .. first]);

        Pay(invoice, 480, 20, LastDay).Events[0].ShouldBeOfType<PaymentApplicationRejected>();
        Pay(invoice, 490, 10, LastDay).Events[0].ShouldBeOfType<PaymentApplied>().Item.Balance.IsZero.ShouldBeTrue();
    }

    [Fact]
    public void D30_paying_a_part_in_time_earns_its_part()
    {
        var applied = Pay(After(Issued(100, "2/10 NET 30")), 49, 1, LastDay).Events[0].ShouldBeOfType<PaymentApplied>();

        applied.Item.Balance.ShouldBe(Some.Usd(50));
    }

    [Fact]
    public void A_reversal_takes_the_discount_back_too()
    {
        var issued = Issued(100, "2/10 NET 30", taxRate: 0.1m);
        var applied = Pay(After(issued), 107.80m, 2.20m, LastDay).Events;

        Some.Invoices.Given([issued, .. applied])
            .When(invoice => InvoiceDecider.ReversePayment(invoice, Some.Reversal(9, 107.80m), Some.Context))
            .ThenState(invoice => invoice.Balance.ShouldBe(Some.Usd(110)));
        var reversed = (PaymentReversed)InvoiceDecider
            .ReversePayment(After([issued, .. applied]), Some.Reversal(9, 107.80m), Some.Context).Events[0];
        reversed.Discount.ShouldBe(Some.Usd(2.20m));
        reversed.Entry.Lines.Select(line => (line.Account, line.Debit.Amount, line.Credit.Amount)).ShouldBe(
            [("1200", 110m, 0m), ("4910", 0m, 2m), ("2200", 0m, 0.20m), ("2400", 0m, 107.80m)]);
    }

    /// <summary>
    /// 2 % until the 10th day; by contract also unearned for five days more, up to 30.00 of an installment.
    /// </summary>
    [Theory]
    [InlineData(980, 20, 10, null, null)]
    [InlineData(980, 20, 11, 20, null)]
    [InlineData(980, 20, 15, 20, null)]
    [InlineData(980, 20, 16, null, "discount-not-earned")]
    [InlineData(979, 21, 12, null, "discount-not-earned")]
    [InlineData(1960, 40, 12, null, "discount-not-earned")]
    [InlineData(1960, 40, 10, null, null)]
    public void What_is_too_late_may_be_deducted_within_the_bounds_of_the_contract(
        int paid, int discount, int days, int? unearned, string? refused)
    {
        var issued = Issued(2_000, "2/10 NET 30", discounts: Late);

        var outcome = Pay(After(issued), paid, discount, Some.Today.AddDays(days)).Events.ShouldHaveSingleItem();

        (outcome as PaymentApplicationRejected)?.Code.ShouldBe(refused);
        (outcome is PaymentApplied).ShouldBe(refused is null);
        (outcome as PaymentApplied)?.Unearned?.Amount.ShouldBe(Some.Usd(unearned ?? 0));
        ((outcome as PaymentApplied)?.Unearned is null).ShouldBe(unearned is null);
    }

    [Fact]
    public void What_is_deducted_unearned_says_why_and_is_bounded_over_all_payments_of_an_installment()
    {
        var issued = Issued(2_000, "2/10 NET 30", discounts: Late);
        var first = (PaymentApplied)Pay(After(issued), 980, 20, LastDay.AddDays(2)).Events[0];
        var invoice = After(issued, first);

        Pay(invoice, 490, 10, LastDay.AddDays(2), allocation: 10).Events[0].ShouldBeOfType<PaymentApplied>();
        Pay(invoice, 539, 11, LastDay.AddDays(2), allocation: 10).Events[0]
            .ShouldBeOfType<PaymentApplicationRejected>().Detail.ShouldContain("10.00 USD may be deducted");
        first.Unearned!.Why.ShouldBe(
            "2 days after 2026-12-03, the last day on which it is earned; " +
            "allowed by contract for 5 days after it and up to 30.00 USD of an installment.");

        first.Item.UnearnedTaken.ShouldBe(Some.Usd(20));

        // What is taken back frees it again.
        var reversed = InvoiceDecider.ReversePayment(invoice, Some.Reversal(9, 980), Some.Context).Events[0];
        ((PaymentReversed)reversed).Item.UnearnedTaken.ShouldBeNull();
        Pay(After(issued, first, reversed), 539, 11, LastDay.AddDays(2), allocation: 10).Events[0]
            .ShouldBeOfType<PaymentApplied>().Unearned!.Amount.ShouldBe(Some.Usd(11));
    }

    [Theory]
    [InlineData(5, 30, false)]
    [InlineData(4, 30, false)]
    [InlineData(6, 30, true)]
    [InlineData(5, 31, true)]
    [InlineData(null, 30, true)]
    [InlineData(5, null, true)]
    public void A_clause_allows_more_where_one_of_its_bounds_is_wider(int? days, int? most, bool more)
    {
        new DiscountClause(DiscountAllowance.EarnedAndUnearned, days, most).AllowsMoreThan(Late).ShouldBe(more);
        Late.AllowsMoreThan(new DiscountClause()).ShouldBeTrue();
        new DiscountClause().AllowsMoreThan(Late).ShouldBeFalse();
        new DiscountClause().AllowsMoreThan(new DiscountClause(DiscountAllowance.None)).ShouldBeTrue();
    }

    private static readonly DiscountClause Late = new(DiscountAllowance.EarnedAndUnearned, 5, 30);

    private static Decision Pay(
        Invoice invoice, decimal paid, decimal discount, DateOnly valueDate, int allocation = 9) =>
        InvoiceDecider.ApplyPayment(
            invoice,
            Some.Payment(allocation, paid) with { ValueDate = valueDate, Discount = Some.Usd(discount) },
            Some.Context);

    private static InvoiceIssued Issued(
        decimal net, string terms, int graceDays = 0, decimal taxRate = 0, DiscountClause? discounts = null)
    {
        var account = Some.Account(terms: terms) with { DiscountGraceDays = graceDays, Discounts = discounts };
        var draft = Some.Draft(Some.Wish(Some.Line(quantity: 1, unitPrice: net, taxRate: taxRate)), account);
        return (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, "INV-US01-2026-000001").Events[0];
    }

    private static Invoice After(params object[] events) => events.Aggregate(Invoice.Initial, Invoice.Evolve);
}
