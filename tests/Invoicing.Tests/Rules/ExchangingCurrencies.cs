using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.ExchangeRates;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class ExchangingCurrencies
{
    private static readonly ExchangeRate Booked = new(ExchangeRate.Daily, Some.Today, 1.10m);

    [Theory]
    [InlineData(1.15, 5.00, "7800")]
    [InlineData(1.05, -5.00, "7810")]
    [InlineData(1.10, 0, "")]
    public void I16_money_worth_more_than_booked_is_a_gain_and_less_a_loss(double rate, double gain, string account)
    {
        var applied = Pay(After(Issued(100)), 1, 100, (decimal)rate);

        var lines = applied.Entry.Lines;
        InBase(lines, "2400").ShouldBe((decimal)rate * 100);
        InBase(lines, "1200").ShouldBe(-110);
        lines.Where(line => line.Account.StartsWith("78", StringComparison.Ordinal))
            .Select(line => (line.Account, line.BaseCredit!.Value.Amount - line.BaseDebit!.Value.Amount))
            .ShouldBe(gain == 0 ? [] : [(account, (decimal)gain)]);
        lines.Sum(line => line.Debit.Amount - line.Credit.Amount).ShouldBe(0);
    }

    [Fact]
    public void A_reversal_takes_the_difference_back_from_the_account_it_went_to()
    {
        var issued = Issued(100);
        var applied = Pay(After(issued), 1, 40, 1.20m);

        var reversed = (PaymentReversed)InvoiceDecider.ReversePayment(
            After(issued, applied), Some.Reversal(1, 40), Some.Context).Events[0];

        InBase(applied.Entry.Lines.Concat(reversed.Entry.Lines), "1200", "2400", "7800", "7810").ShouldBe(0);
        InBase(reversed.Entry.Lines, "7800").ShouldBe(4);
        reversed.Item.BaseBalance.ShouldBe(Some.Usd(110));
    }

    /// <summary>D-25: 36 AED against 36 AED is no exchange.</summary>
    [Fact]
    public void D25_equal_currencies_have_no_rate_no_base_amounts_and_no_difference()
    {
        var books = Some.Books with { BaseCurrency = "AED" };
        var account = new BillingAccount(Some.Customer, "AED", "NET 30", default, books);
        var issued = (InvoiceIssued)InvoiceDecider.Issue(
            Invoice.Initial, Some.Draft(Some.Wish(Some.Line(1, 36, 0)), account), "INV-AE01-2026-000001").Events[0];

        var applied = Pay(After(issued), 1, 36, 1.5m, "AED");

        applied.Entry.Lines.ShouldAllBe(line => line.BaseDebit == null && line.BaseCredit == null);
        (applied.Rate, applied.Entry.Lines.Count).ShouldBe((null, 2));
    }

    /// <summary>D-27: in parts or at once, everything comes to the same.</summary>
    [Fact]
    public void D27_forty_and_sixty_per_cent_come_to_the_same_as_all_at_once() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(
            (from cents in Gen.Choose(2, 9_999_999)
             from share in Gen.Choose(1, 99)
             from booked in Gen.Choose(1, 99_999)
             from paid in Gen.Choose(1, 99_999)
             select (cents, share, booked, paid)).ToArbitrary(),
            one =>
            {
                var issued = Issued(one.cents / 100m, one.booked / 10_000m);
                var part = decimal.Round(one.cents * one.share / 10_000m, 2);
                if (part <= 0 || part >= one.cents / 100m)
                    return;
                var first = Pay(After(issued), 1, part, one.paid / 10_000m);
                var second = Pay(After(issued, first), 2, (one.cents / 100m) - part, one.paid / 10_000m);
                var whole = Pay(After(issued), 3, one.cents / 100m, one.paid / 10_000m);

                foreach (var account in new[] { "1200", "2400" })
                {
                    InBase(first.Entry.Lines.Concat(second.Entry.Lines), account)
                        .ShouldBe(InBase(whole.Entry.Lines, account));
                }

                InBase(first.Entry.Lines.Concat(second.Entry.Lines), "7800", "7810")
                    .ShouldBe(InBase(whole.Entry.Lines, "7800", "7810"));
            }));

    /// <summary>D-28: half a dinar too little is no exchange loss; it stays open until somebody says why not.</summary>
    [Fact]
    public void D28_a_small_difference_in_one_currency_stays_open_and_is_given_up_only_with_a_reason()
    {
        var books = Some.Books with { BaseCurrency = "KWD" };
        var account = new BillingAccount(Some.Customer, "KWD", "NET 30", default, books);
        var issued = (InvoiceIssued)InvoiceDecider.Issue(
            Invoice.Initial, Some.Draft(Some.Wish(Some.Line(1, 45.5m, 0)), account), "INV-KW01-2026-000001").Events[0];

        var applied = Pay(After(issued), 1, 45m, 1m, "KWD");

        applied.Item.Balance.ShouldBe(Money.Of(0.5m, "KWD"));
        applied.Entry.Lines.Select(line => line.Role).ShouldBe([AccountRoles.UnappliedCash, AccountRoles.Receivables]);
        var lost = (WrittenOff)AdjustmentDecider.WriteOff(
            After(issued, applied), Some.NewId(), 1, null, Some.Context).Events[0];
        lost.Entry.Lines.ShouldNotContain(line => line.Account == "7800" || line.Account == "7810");
    }

    [Fact]
    public void A_discount_is_taken_by_the_booked_rate_and_only_the_money_gains()
    {
        var issued = Issued(100, terms: "2/10 NET 30", taxRate: 0.25m);
        var command = new ApplyPayment(
            Some.Allocation(1), Some.Receipt, 1, Eur(122.5m), Some.Today, "2400", Eur(2.5m), null,
            Booked with { Rate = 1.20m });

        var applied = (PaymentApplied)InvoiceDecider.ApplyPayment(After(issued), command, Some.Context).Events[0];

        applied.Entry.Lines.Select(line => (
                line.Account, line.Debit.Amount - line.Credit.Amount,
                line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount))
            .ShouldBe(
            [
                ("2400", 122.5m, 147m), ("4910", 2m, 2.2m), ("2200", 0.5m, 0.55m), ("1200", -125m, -137.5m),
                ("7800", 0m, -12.25m),
            ]);
    }

    [Fact]
    public void A_credit_memo_on_account_keeps_its_own_rate_and_its_application_shows_the_difference()
    {
        var memo = Memo(1.20m, null);
        var settlement = new CreditSettlement(
            Some.Allocation(7), CreditMemo.Evolve(CreditMemo.Initial, memo), Some.Context, () => Some.Allocation(8));
        var issued = Issued(100);

        var applied = (CreditApplied)settlement.Settle(Some.Receipt, After(issued)).Events[0];

        // 50 EUR: 60 USD of the credit settle 55 USD of the invoice, 5 USD more than that were owed to the customer.
        InBase(applied.Entry.Lines, "1200").ShouldBe(5);
        InBase(applied.Entry.Lines, "7800").ShouldBe(-5);
        applied.Item.BaseBalance.ShouldBe(Some.Usd(55));
        var undone = (CreditUnapplied)settlement.TakeBack(Some.Allocation(8), After(issued, applied)).Events[0];
        InBase(applied.Entry.Lines.Concat(undone.Entry.Lines), "7800").ShouldBe(0);
        InBase(applied.Entry.Lines.Concat(undone.Entry.Lines), "7810").ShouldBe(0);
    }

    [Fact]
    public void A_credit_for_an_invoice_is_booked_by_the_invoices_rate()
    {
        var issued = Issued(100);

        Memo(1.20m, issued).Rate.ShouldBe(Booked);
    }

    [Fact]
    public void Without_a_rate_nothing_is_issued_and_no_money_applied()
    {
        var (draft, refusal) = InvoiceDraft.Of(Some.Wish(Some.Line()), Some.Account("EUR"), Some.Now);
        draft.ShouldBeNull();
        refusal!.Code.ShouldBe("no-exchange-rate");

        var command = new ApplyPayment(Some.Allocation(1), Some.Receipt, 1, Eur(5), Some.Today, "2400");
        InvoiceDecider.ApplyPayment(After(Issued(100)), command, Some.Context).Events[0]
            .ShouldBeOfType<PaymentApplicationRejected>().Code.ShouldBe("no-exchange-rate");
    }

    [Theory]
    [InlineData("daily", "EUR", 1.1, null)]
    [InlineData("Daily", "EUR", 1.1, "/type")]
    [InlineData("daily", "EUX", 1.1, "/rates/0/currency")]
    [InlineData("daily", "USD", 1.0, "/rates/0/currency")]
    [InlineData("daily", "EUR", 0, "/rates/0/rate")]
    [InlineData("daily", "EUR", 1000000, "/rates/0/rate")]
    public void Rates_are_checked(string type, string currency, double rate, string? field)
    {
        var wish = new ExchangeRatesSet("US01", "USD", type, Some.Today, [new CurrencyRate(currency, (decimal)rate)]);

        var decision = RateSheetDecider.Set(RateSheet.Initial, wish);

        decision.Refusal?.Field.ShouldBe(field);
        decision.IsRefused.ShouldBe(field is not null);
        if (field is null)
        {
            RateSheetDecider.Set(RateSheet.Evolve(RateSheet.Initial, wish), wish with { Rates = [.. wish.Rates] })
                .Events.ShouldBeEmpty();
        }
    }

    private static Money Eur(decimal amount) => Money.Of(amount, "EUR");

    private static InvoiceIssued Issued(
        decimal net, decimal rate = 1.10m, string terms = "NET 30", decimal taxRate = 0)
    {
        var account = Some.Account("EUR", terms) with { Rate = Booked with { Rate = rate } };
        var draft = Some.Draft(Some.Wish(Some.Line(1, net, taxRate)), account);
        return (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, "INV-US01-2026-000001").Events[0];
    }

    private static CreditMemoIssued Memo(decimal rate, InvoiceIssued? invoice)
    {
        var wish = new IssueCreditMemo(Some.Customer, CreditReason.Goodwill, [Some.Line(1, 50, 0)]);
        var account = Some.Account("EUR") with { Rate = Booked with { Rate = rate } };
        var (draft, _) = CreditMemoDraft.Of(wish, account, invoice, Some.Now);
        return CreditMemoDecider.Issue(draft!, "CM-US01-2026-000001");
    }

    private static PaymentApplied Pay(
        Invoice invoice, int allocation, decimal amount, decimal rate, string currency = "EUR") =>
        (PaymentApplied)InvoiceDecider.ApplyPayment(
            invoice, Some.Payment(allocation, amount, 1, currency) with { Rate = Booked with { Rate = rate } },
            Some.Context).Events[0];

    private static Invoice After(params object[] events) => events.Aggregate(Invoice.Initial, Invoice.Evolve);

    /// <summary>Debit less credit in the books' currency.</summary>
    private static decimal InBase(IEnumerable<JournalLine> lines, params string[] accounts) => lines
        .Where(line => accounts.Contains(line.Account))
        .Sum(line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount);
}
