using OrderToCash.Invoicing.Automation;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class AutomatingReceivables
{
    private static readonly DeciderSpec<AutomationPolicy> Policies =
        new(AutomationPolicy.Initial, AutomationPolicy.Evolve);

    [Theory]
    [InlineData("2026-11-30", "")]
    [InlineData("2026-12-04", "")]
    [InlineData("2026-12-05", "2026-11")]
    [InlineData("2027-01-04", "2026-11")]
    [InlineData("2027-02-05", "2026-11 2026-12 2027-01")]
    public void Each_month_since_charges_are_on_is_due_once_its_day_has_come(string today, string due)
    {
        var policy = Of(Defined());

        Due(policy, today).ShouldBe(due);
    }

    [Fact]
    public void What_was_billed_is_due_no_more_and_whom_a_run_left_out_the_next_day()
    {
        var policy = Of(Defined(), Run("2026-11", "2026-12-05", 0), Run("2026-12", "2027-01-06", 2));

        Due(policy, "2027-01-06").ShouldBe("");
        Due(policy, "2027-01-07").ShouldBe("2026-12");
        Due(Of(Defined(), Run("2026-11", "2026-12-05", 2), Run("2026-11", "2026-12-06", 0)), "2027-01-01")
            .ShouldBe("");
    }

    [Fact]
    public void What_was_held_back_is_looked_at_again_with_each_further_month_for_a_year()
    {
        var held = Run("2026-11", "2026-12-05", 0) with { HeldBack = [Some.Customer] };
        var policy = Of(Defined(), held);

        Due(policy, "2027-01-04").ShouldBe("");
        Due(policy, "2027-01-05").ShouldBe("2026-11 2026-12");
        Due(Of(Defined(), held, held with { On = new(2027, 1, 5) }, Run("2026-12", "2027-01-05", 0)), "2027-02-04")
            .ShouldBe("");
        Due(Of(Defined(), held, Run("2026-11", "2027-01-05", 0), Run("2026-12", "2027-01-05", 0)), "2027-02-05")
            .ShouldBe("2027-01");
        policy.ChargesDue(new(2027, 1, 5)).Select(due => due.Only?.Single()).ShouldBe([Some.Customer, null]);
        policy.ChargesDue(new(2027, 12, 5)).First().Month.ShouldBe(Periods.Period.Parse("2026-12"));
        Policies.Given(Defined(), held).When(now => now.Bill(held with { On = new(2027, 1, 5) }))
            .Then(held with { On = new(2027, 1, 5) });
    }

    [Fact]
    public void An_error_is_one_until_a_run_of_the_month_has_none()
    {
        var run = Run("2026-12", "2027-01-06", 2) with { Errors = 1 };

        Of(Defined(), run).HasErrors.ShouldBeTrue();
        Of(Defined(), run with { Errors = 0 }).HasErrors.ShouldBeFalse();
        Of(Defined(), run, Run("2027-01", "2027-02-05", 0)).HasErrors.ShouldBeTrue("the month is still not billed");
        Of(Defined(), run, Run("2026-12", "2027-01-07", 1)).HasErrors.ShouldBeFalse();
        Of(Defined(), run, new AutomationPolicyDefined("US01", null)).HasErrors.ShouldBeFalse();
    }

    [Fact]
    public void What_a_person_runs_again_is_noted_where_the_run_of_the_month_left_somebody_out()
    {
        var run = Run("2026-12", "2027-01-06", 2) with { Errors = 1 };
        var (sameDay, later) = (Run("2026-12", "2027-01-06", 0), Run("2026-12", "2027-03-01", 0));

        Policies.Given(Defined(), run).When(now => now.BillAgain(sameDay)).Then(sameDay);
        Policies.Given(Defined(), run).When(now => now.BillAgain(later)).Then(later);
        Policies.Given(Defined(), sameDay).When(now => now.BillAgain(later)).ThenNothing();
        Policies.Given(Defined()).When(now => now.BillAgain(later)).ThenNothing();
        Policies.Given(Defined(), run with { On = new(2027, 3, 2) }).When(now => now.BillAgain(later)).ThenNothing();
    }

    [Fact]
    public void A_run_is_noted_by_one_instance()
    {
        Policies.Given(Defined(), Run("2026-11", "2026-12-05", 0))
            .When(now => now.Bill(Run("2026-11", "2026-12-06", 0))).ThenNothing();
        Policies.Given(Defined(), Run("2026-11", "2026-12-05", 1))
            .When(now => now.Bill(Run("2026-11", "2026-12-05", 1))).ThenNothing();
        Policies.Given(Defined(), Run("2026-11", "2026-12-05", 1))
            .When(now => now.Bill(Run("2026-11", "2026-12-06", 0))).Then(Run("2026-11", "2026-12-06", 0));
    }

    [Fact]
    public void Charges_keep_their_beginning_until_they_are_turned_off()
    {
        var later = Some.Today.AddDays(90);
        var off = new AutomationPolicyDefined("US01", null);

        Policies.Given(Defined()).When(now => now.Define(Wish(5), later)).ThenNothing();
        Policies.Given(Defined()).When(now => now.Define(Wish(7), later)).Then(Defined(7));
        Policies.Given(Defined()).When(now => now.Define(off, later)).Then(off);
        Policies.Given(Defined(), off).When(now => now.Define(Wish(5), later))
            .Then(new AutomationPolicyDefined("US01", new AutomaticCharges(5, later)));
        Due(Of(Defined(), off), "2027-02-05").ShouldBe("");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(29)]
    public void A_day_that_not_every_month_has_is_refused(int day) => Policies.Given()
        .When(now => now.Define(Wish(day), Some.Today)).ThenRefused("invalid-automation-policy");

    [Theory]
    [InlineData(-1)]
    [InlineData(91)]
    public void Credits_wait_for_people_0_to_90_days(int days) => Policies.Given(Defined())
        .When(now => now.Define(Wish(5) with { OpenCredits = new AutomaticSettlement(days) }, Some.Today))
        .ThenRefused("invalid-automation-policy");

    [Fact]
    public void CASH14_each_fee_for_returned_payments_holds_from_the_day_on_which_it_was_turned_on()
    {
        var (today, later) = (Some.Today, Some.Today.AddDays(9));
        var (nsf, stop) = (new ReturnedPaymentFee("nsf", "USD", 35, default), Fee("stop", "USD", 30));
        var off = new AutomationPolicyDefined("US01", null);
        var defined = Fees(nsf with { Since = today });

        Policies.Given().When(now => now.Define(Fees(nsf), today)).Then(defined);
        Policies.Given(defined).When(now => now.Define(Fees(nsf), later)).ThenNothing();
        Policies.Given(defined).When(now => now.Define(Fees(nsf with { Amount = 40 }, stop), later))
            .Then(Fees(
                nsf with { Amount = 40, Since = later, Before = new FeeBefore(35, today) },
                stop with { Since = later }));
        Policies.Given(defined).When(now => now.Define(Fees(nsf with { Amount = 30 }), later))
            .Then(Fees(nsf with { Amount = 30, Since = today }));
        Policies.Given(defined).When(now => now.Define(Fees(), later)).Then(off);
        Policies.Given(defined, off).When(now => now.Define(Fees(nsf), later)).Then(Fees(nsf with { Since = later }));
    }

    [Theory]
    [InlineData("nsf", "R01", 0, "USD", "35.00 USD")]
    [InlineData("nsf", null, 5, "EUR", "30.00 EUR")]
    [InlineData("nsf", "R01", -1, "USD", null)]
    [InlineData("nsf", "R01", 0, "GBP", null)]
    [InlineData("return", "R02", 0, "USD", "20.00 USD")]
    [InlineData("return", "R24", 0, "USD", null)]
    [InlineData("return", "AM05", 0, "USD", null)]
    [InlineData("return", "r24", 0, "USD", null)]
    [InlineData("nsf", " r01 ", 0, "USD", "35.00 USD")]
    [InlineData("return", "R10", 0, "USD", null)]
    [InlineData("return", "MD02", 0, "USD", null)]
    [InlineData("return", "R51", 0, "USD", null)]
    [InlineData("chargeback", null, 0, "USD", null)]
    [InlineData("error", null, 0, "USD", null)]
    public void CASH14_a_returned_payment_costs_by_reason_and_currency_and_an_error_of_the_bank_nothing(
        string reason, string? code, int days, string currency, string? fee)
    {
        var fees = new ReturnedPaymentFees([Fee("nsf", "USD", 35), Fee("nsf", "EUR", 30), Fee("return", "USD", 20)]);

        $"{fees.For(reason, code, Some.Today.AddDays(days), Kernel.Currency.Of(currency))}".ShouldBe(fee ?? "");
    }

    [Fact]
    public void CASH14_a_fee_that_was_raised_is_no_higher_for_what_was_returned_before()
    {
        var fees = new ReturnedPaymentFees(
            [Fee("nsf", "USD", 50) with { Before = new FeeBefore(35, Some.Today.AddDays(-9)) }]);

        foreach (var (days, fee) in new[] { (0, "50.00 USD"), (-1, "35.00 USD"), (-9, "35.00 USD"), (-10, "") })
            $"{fees.For("nsf", "R01", Some.Today.AddDays(days), Kernel.Currency.Of("USD"))}".ShouldBe(fee);
    }

    [Theory]
    [InlineData("error", "USD", 35)]
    [InlineData("nsf", "XXXX", 35)]
    [InlineData("nsf", "USD", 0)]
    [InlineData("nsf", "USD", 0.001)]
    public void CASH14_a_fee_that_is_none_is_refused(string reason, string currency, double amount) => Policies.Given()
        .When(now => now.Define(Fees(Fee(reason, currency, (decimal)amount)), Some.Today))
        .ThenRefused("invalid-automation-policy");

    [Fact]
    public void CASH14_two_fees_for_the_same_are_refused() => Policies.Given()
        .When(now => now.Define(Fees(Fee("nsf", "USD", 35), Fee("nsf", "USD", 36)), Some.Today))
        .ThenRefused("invalid-automation-policy");

    private static ReturnedPaymentFee Fee(string reason, string currency, decimal amount) =>
        new(reason, currency, amount, Some.Today);

    private static AutomationPolicyDefined Fees(params ReturnedPaymentFee[] fees) =>
        new("US01", null, ReturnedPayments: new ReturnedPaymentFees(fees));

    private static AutomationPolicyDefined Wish(int day) => new("US01", new AutomaticCharges(day, default));

    private static AutomationPolicyDefined Defined(int day = 5) => new("US01", new AutomaticCharges(day, Some.Today));

    private static FinanceChargesBilled Run(string period, string on, int failed) =>
        new("US01", period, DateOnly.Parse(on, null), 3, failed);

    private static AutomationPolicy Of(params object[] events) =>
        events.Aggregate(AutomationPolicy.Initial, AutomationPolicy.Evolve);

    private static string Due(AutomationPolicy policy, string today) =>
        string.Join(' ', policy.ChargesDue(DateOnly.Parse(today, null)).Select(due => due.Month));
}
