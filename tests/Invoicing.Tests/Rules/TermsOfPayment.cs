using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class TermsOfPayment
{
    /// <summary>Tuesday.</summary>
    private static readonly DateOnly Date = new(2026, 1, 20);

    [Theory]
    [InlineData("net 30", "NET 30", "2026-02-19 100.00")]
    [InlineData("NET0", "NET 0", "2026-01-20 100.00")]
    [InlineData("due on receipt", "DUE ON RECEIPT", "2026-01-20 100.00")]
    [InlineData("EOM", "EOM", "2026-01-31 100.00")]
    [InlineData("eom+15", "EOM + 15", "2026-02-15 100.00")]
    [InlineData("EOM + 28", "EOM + 28", "2026-02-28 100.00")]
    [InlineData("DAY 15", "DAY 15", "2026-02-15 100.00")]
    [InlineData("DAY 20", "DAY 20", "2026-02-20 100.00")]
    [InlineData("DAY 31", "DAY 31", "2026-01-31 100.00")]
    [InlineData("2/10 eom+30", "2/10 EOM + 30", "2026-03-02 100.00")]
    [InlineData("2/0 EOM", "2/0 EOM", "2026-01-31 100.00")]
    [InlineData("1.50/10 net 45", "1.5/10 NET 45", "2026-03-06 100.00")]
    [InlineData("SPLIT 30/60/90", "SPLIT 30/60/90", "2026-02-19 33.34, 2026-03-21 33.33, 2026-04-20 33.33")]
    [InlineData("SPLIT 50%@0 25%@30 25%@60", "SPLIT 50%@0 25%@30 25%@60",
        "2026-01-20 50.00, 2026-02-19 25.00, 2026-03-21 25.00")]
    [InlineData("split 50%@30:2.0/10 50%@60:1.5/40", "SPLIT 50%@30:2/10 50%@60:1.5/40",
        "2026-02-19 50.00, 2026-03-21 50.00")]
    [InlineData("SPLIT 40%@30 60%@60:2/40", "SPLIT 40%@30 60%@60:2/40", "2026-02-19 40.00, 2026-03-21 60.00")]
    public void Say_what_is_due_when(string text, string canonical, string due)
    {
        PaymentTerms.TryParse(text, out var terms).ShouldBeTrue();

        terms!.ToString().ShouldBe(canonical);
        PaymentTerms.Parse(canonical).ShouldBe(terms);
        string.Join(", ", terms.Schedule(Date, Some.Usd(100)).Select(Text)).ShouldBe(due);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NET")]
    [InlineData("NET 366")]
    [InlineData("NET 30 days")]
    [InlineData("0/10 NET 30")]
    [InlineData("2/40 NET 30")]
    [InlineData("2.12345/10 NET 30")]
    [InlineData("EOM + 366")]
    [InlineData("EOM 5")]
    [InlineData("2/10 EOM")]
    [InlineData("0/10 EOM + 30")]
    [InlineData("2/10 DAY 15")]
    [InlineData("2/10 SPLIT 30/60")]
    [InlineData("SPLIT 30:2/10 60")]
    [InlineData("SPLIT 50%@30:2/31 50%@60")]
    [InlineData("SPLIT 50%@30:0/10 50%@60")]
    [InlineData("DAY 0")]
    [InlineData("DAY 32")]
    [InlineData("SPLIT 30")]
    [InlineData("SPLIT 60/30")]
    [InlineData("SPLIT 30/30")]
    [InlineData("SPLIT 50%@0 49.9999%@30")]
    [InlineData("SPLIT 100%@0 0%@30")]
    [InlineData("SPLIT 1/2/3/4/5/6/7/8/9/10/11/12/13")]
    [InlineData("NET 30\n")]
    public void Are_not_guessed(string text) => PaymentTerms.TryParse(text, out _).ShouldBeFalse();

    /// <summary>D-24: the parts of a split did not add up; the last one must carry the difference.</summary>
    [Fact]
    public void D24_parts_sum_to_the_total_for_any_percentages() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(
            (from count in Gen.Choose(2, 12)
             from cuts in Gen.Choose(1, 999_999).ListOf(count - 1)
             from cents in Gen.Choose(1, 100_000_000)
             from currency in Gen.Elements("USD", "JPY", "BHD")
             select (cuts.Distinct().Order().ToList(), cents, currency)).ToArbitrary(),
            sample =>
            {
                var (cuts, units, currency) = sample;
                var edges = cuts.Prepend(0).Append(1_000_000).ToList();
                var shares = edges.Zip(edges.Skip(1), (from, to) => (to - from) / 10_000m).ToList();
                if (shares.Count < 2 || shares.Any(share => share >= 100))
                    return;
                var text = "SPLIT " + string.Join(' ', shares.Select((share, index) =>
                    string.Create(CultureInfo.InvariantCulture, $"{share:0.####}%@{index * 10}")));
                var total = Money.Of(units * Currency.Of(currency).Unit, currency);

                var installments = PaymentTerms.Parse(text).Schedule(Date, total);

                Money.Sum(installments.Select(due => due.Amount), total.Currency).ShouldBe(total);
                installments.ShouldAllBe(due => due.Amount.IsPositive);
                installments.Select(due => due.Number).ShouldBe(Enumerable.Range(1, installments.Count));
            }));

    [Theory]
    [InlineData(DayRoll.None, "2026-02-14")]
    [InlineData(DayRoll.Next, "2026-02-17")]
    [InlineData(DayRoll.Previous, "2026-02-13")]
    public void Due_dates_roll_over_days_on_which_nobody_works(DayRoll roll, string due)
    {
        // 14 February 2026 is a Saturday, the Monday after it a holiday.
        var calendar = new WorkingCalendar(roll, Holidays: [new DateOnly(2026, 2, 16)]);

        PaymentTerms.Parse("NET 25").Schedule(Date, Some.Usd(100), calendar)
            .ShouldHaveSingleItem().DueDate.ShouldBe(DateOnly.Parse(due, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Nothing_is_due_before_the_invoice()
    {
        var saturday = new DateOnly(2026, 2, 14);

        PaymentTerms.Parse("DUE ON RECEIPT").Schedule(saturday, Some.Usd(1), new WorkingCalendar(DayRoll.Previous))
            .ShouldHaveSingleItem().DueDate.ShouldBe(saturday);
    }

    [Theory]
    [InlineData("2026-01-30", "2.00")]
    [InlineData("2026-02-02", "2.00")]
    [InlineData("2026-02-03", "0.00")]
    public void A_cash_discount_is_earned_until_its_day_and_the_days_of_grace(string valueDate, string discount)
    {
        var due = PaymentTerms.Parse("2/10 NET 30").Schedule(Date, Some.Usd(100), discountGraceDays: 3)[0];

        due.Discount!.On(due.Amount, DateOnly.Parse(valueDate, CultureInfo.InvariantCulture)).Amount
            .ShouldBe(decimal.Parse(discount, CultureInfo.InvariantCulture));
    }

    /// <summary>The day until which each installment earns what; of the end of a month from that on.</summary>
    [Theory]
    [InlineData("2/10 EOM + 30", "0.02 2026-02-10")]
    [InlineData("SPLIT 50%@30:2/10 50%@60:1.5/40", "0.02 2026-01-30, 0.015 2026-03-01")]
    [InlineData("SPLIT 40%@30 60%@60:2/40", "-, 0.02 2026-03-01")]
    public void Each_installment_has_a_discount_of_its_own(string text, string discounts) =>
        string.Join(", ", PaymentTerms.Parse(text).Schedule(Date, Some.Usd(100), discountGraceDays: 3).Select(due =>
            due.Discount is { GraceDays: 3 } early
                ? string.Create(CultureInfo.InvariantCulture, $"{early.Rate:0.###} {early.Until:yyyy-MM-dd}")
                : "-"))
            .ShouldBe(discounts);

    [Fact]
    public void Who_may_deduct_nothing_is_offered_nothing() => PaymentTerms.Parse("2/10 NET 30")
        .Schedule(Date, Some.Usd(100), discounts: new DiscountClause(DiscountAllowance.None))
        .ShouldHaveSingleItem().Discount.ShouldBeNull();

    [Theory]
    [InlineData("2/10 NET 30", "NET 30")]
    [InlineData("2/10 EOM + 30", "EOM + 30")]
    [InlineData("SPLIT 50%@30:2/10 50%@60", "SPLIT 30/60")]
    [InlineData("SPLIT 70%@30:2/10 30%@60:2/40", "SPLIT 70%@30 30%@60")]
    [InlineData("DAY 15", "DAY 15")]
    public void Without_their_discount_are_due_on_the_same_days(string text, string without)
    {
        var terms = PaymentTerms.Parse(text);

        terms.WithoutDiscount().ToString().ShouldBe(without);
        PaymentTerms.Parse(without).Schedule(Date, Some.Usd(100)).Select(Text)
            .ShouldBe(terms.Schedule(Date, Some.Usd(100)).Select(Text));
    }

    private static string Text(Installment due) => $"{due.DueDate:O} {due.Amount.Amount}";
}
