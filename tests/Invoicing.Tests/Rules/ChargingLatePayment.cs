using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.Kernel;
using Contract = OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Invoicing.Tests.Rules;

public class ChargingLatePayment
{
    private static readonly DateOnly From = new(2026, 10, 1);
    private static readonly DateOnly To = new(2026, 10, 31);
    private static readonly Currency Usd = Currency.Of("USD");

    [Fact]
    public void Interest_is_what_is_open_times_rate_times_days_overdue()
    {
        // Due 30 September: all 31 days of October are overdue. 1,000 × 9 % ÷ 365 × 31 = 7.643…
        var charge = For(new ContractClauses(InterestPercent: 9), Item(new(2026, 9, 30), (From.AddDays(-1), 1_000)))
            .ShouldHaveSingleItem();

        (charge.Kind, charge.Amount).ShouldBe((ChargeKind.Interest, Money.Of(7.64m, Usd)));
        charge.Description.ShouldBe("Interest 2026-10 at 9 % on INV-1/1, 31 days");
    }

    [Fact]
    public void Each_day_counts_with_what_was_open_on_it()
    {
        // Overdue from the 11th: ten days of 1,000, then eleven days of 400: 14,400 × 10 % ÷ 365 = 3.945…
        var charge = For(
            new ContractClauses(InterestPercent: 10),
            Item(new(2026, 10, 10), (From.AddDays(-1), 1_000), (new(2026, 10, 21), -600))).ShouldHaveSingleItem();

        charge.Amount.ShouldBe(Money.Of(3.95m, Usd));
    }

    [Fact]
    public void D48_what_is_not_overdue_is_charged_nothing_and_nothing_is_negative()
    {
        var clauses = new ContractClauses(LateFee: 25, InterestPercent: 9, GraceDays: 5);

        For(clauses, Item(new(2026, 10, 31), (From.AddDays(-1), 1_000))).ShouldBeEmpty();
        For(clauses, Item(new(2026, 10, 26), (From.AddDays(-1), 1_000))).ShouldBeEmpty();
        For(clauses, Item(new(2026, 9, 1), (From.AddDays(-1), 1_000), (From, -1_000))).ShouldBeEmpty();
        For(clauses, Item(new(2026, 10, 25), (From.AddDays(-1), 1_000))).Count.ShouldBe(2);
    }

    [Fact]
    public void A_late_fee_is_charged_in_the_month_in_which_the_item_became_overdue_and_never_again()
    {
        var clauses = new ContractClauses(LateFee: 25, LateFeePercent: 1.5m, GraceDays: 3);

        For(clauses, Item(new(2026, 9, 28), (From.AddDays(-1), 200))).ShouldHaveSingleItem().Amount
            .ShouldBe(Money.Of(28, Usd));
        For(clauses, Item(new(2026, 9, 26), (From.AddDays(-1), 200))).ShouldBeEmpty();
        For(clauses, Item(new(2026, 10, 28), (From.AddDays(-1), 200))).ShouldBeEmpty();
    }

    [Fact]
    public void D47_a_charge_stays_owed_when_the_principal_is_paid_and_can_be_waived()
    {
        var issued = Charge(Some.Line(1, 100, 0, account: "4800"));
        var waived = ChargeDecider.Waive(After(issued), Some.NewId(), 1, Some.Usd(40), Some.Context).Events;

        Some.Invoices.Given([issued, .. waived])
            .When(memo => ChargeDecider.Reinstate(memo, Some.NewId(), 1, Some.Usd(40.01m), Some.Context))
            .ThenRefused("exceeds-waived");
        Some.Invoices.Given([issued, .. waived])
            .When(memo => ChargeDecider.Waive(memo, Some.NewId(), 1, null, Some.Context))
            .ThenState(memo => memo.Status.ShouldBe(InvoiceStatus.WrittenOff));
        Some.Invoices.Given([issued, .. waived])
            .When(memo => ChargeDecider.Reinstate(memo, Some.NewId(), 1, null, Some.Context))
            .ThenState(memo => memo.Balance.ShouldBe(Some.Usd(100)));
        Some.Invoices.Given(Some.Issued())
            .When(invoice => ChargeDecider.Waive(invoice, Some.NewId(), 1, null, Some.Context))
            .ThenRefused("not-waivable");
        ((ChargeWaived)waived[0]).Entry.Lines.Select(line => (line.Account, line.Debit.Amount, line.Credit.Amount))
            .ShouldBe([("4800", 40m, 0m), ("1200", 0m, 40m)]);
    }

    [Fact]
    public void A_waiver_takes_back_from_the_accounts_that_the_lines_were_booked_on()
    {
        var issued = Charge(Some.Line(1, 60, 0.10m, account: "4810"), Some.Line(1, 40, 0.10m, account: "4820"));

        var waived = ChargeDecider.Waive(After(issued), Some.NewId(), 1, Some.Usd(55), Some.Context).Events;
        var back = ChargeDecider.Reinstate(After([issued, .. waived]), Some.NewId(), 1, null, Some.Context).Events;

        ((ChargeWaived)waived[0]).Entry.Lines.Select(line => (line.Account, line.Debit.Amount))
            .ShouldBe([("4810", 30m), ("4820", 20m), ("2200", 5m), ("1200", 0m)]);
        ((ChargeReinstated)back[0]).Entry.Lines.Select(line => (line.Account, line.Credit.Amount))
            .ShouldBe([("1200", 0m), ("4810", 30m), ("4820", 20m), ("2200", 5m)]);
    }

    [Fact]
    public void What_is_disputed_bears_nothing_and_the_rest_does()
    {
        var clauses = new ContractClauses(LateFeePercent: 1, InterestPercent: 9);
        var item = Item(new(2026, 9, 30), (From.AddDays(-1), 1_000));

        // 900 × 9 % ÷ 365 × 31 = 6.879…
        For(clauses, item with { Disputed = 100 }).Select(charge => charge.Amount)
            .ShouldBe([Money.Of(9, Usd), Money.Of(6.88m, Usd)]);
        For(clauses, item with { Disputed = 1_000 }).ShouldBeEmpty();
    }

    [Fact]
    public void Money_that_came_before_a_due_date_was_moved_counts_for_the_one_that_held_then()
    {
        // Due 30 September, moved to 30 November on the 20th, paid with value of the 11th: ten days of 1,000.
        DateOnly[] days = [From.AddDays(-1), new(2026, 10, 11), new(2026, 10, 20)];
        var item = Item(new(2026, 9, 30), (days[0], 1_000), (days[2], -1_000)) with
        {
            OfAllDueDates = [(days[0], 1_000), (days[1], -1_000), (days[2], -1_000), (days[2], 1_000)],
        };

        For(new ContractClauses(InterestPercent: 36.5m), item).ShouldHaveSingleItem().Amount
            .ShouldBe(Money.Of(10, Usd));
    }

    [Fact]
    public void What_was_held_back_is_charged_once_it_is_disputed_no_more_and_nothing_else()
    {
        var clauses = new ContractClauses(LateFee: 25, InterestPercent: 9);
        var item = Item(new(2026, 9, 30), (From.AddDays(-1), 1_000));
        var before = FinanceChargeRules.Charged(clauses, From, To, [item with { Disputed = 400 }], Usd);
        var twice = clauses with { InterestPercent = 18 };

        before.Select(one => (one.Kind, one.Amount.Amount, one.HeldBack?.Amount))
            .ShouldBe([(ChargeKind.LateFee, 25m, null), (ChargeKind.Interest, 4.59m, 3.05m)]);
        Left(clauses, item with { Disputed = 400 }).ShouldBeEmpty();
        Left(clauses, item with { Disputed = 300 }).ShouldHaveSingleItem().Amount.ShouldBe(Money.Of(0.76m, Usd));
        var left = Left(clauses, item).ShouldHaveSingleItem();
        (left.Amount.Amount, left.Description)
            .ShouldBe((3.05m, "Interest 2026-10 at 9 % on INV-1/1, 31 days, less 4.59 USD charged before"));
        Left(twice, item).ShouldHaveSingleItem().Amount.ShouldBe(Money.Of(3.05m, Usd));
        FinanceChargeRules.Left(
            [.. For(twice, item)], FinanceChargeRules.Charged(clauses, From, To, [item], Usd)).ShouldBeEmpty();
        FinanceChargeRules.Charged(clauses, From, To, [item with { Disputed = 1_000 }], Usd)
            .Select(one => (one.Amount.Amount, one.HeldBack?.Amount)).ShouldBe([(0m, 25m), (0m, 7.64m)]);

        List<FinanceCharge> Left(ContractClauses now, ItemHistory history) =>
            [.. FinanceChargeRules.Left([.. For(now, history)], [.. before])];
    }

    /// <summary>The worked example: 10,000 × (2.15 + 8) % ÷ 365 × 31 = 86.205…, and 40 at once.</summary>
    [Fact]
    public void Interest_by_law_is_so_many_points_above_the_reference_rate_and_a_fixed_sum_beside_it()
    {
        var clauses = new ContractClauses(Statutory: new StatutoryClause("ecb", 8, [new StatutorySum(0, 40)]));
        var item = Item(new(2026, 9, 30), (From.AddDays(-1), 10_000));

        var charges = FinanceChargeRules.For(clauses, From, To, [item], Usd, reference: 2.15m).ToList();

        charges.Select(charge => (charge.Kind, charge.Amount.Amount, charge.Description)).ShouldBe(
        [
            (ChargeKind.StatutorySum, 40m, "Compensation by law for INV-1/1, due 2026-09-30"),
            (ChargeKind.Interest, 86.21m, "Interest 2026-10 at 10.15 % (8 above ecb of 2.15) on INV-1/1, 31 days"),
        ]);
        FinanceChargeRules.For(clauses, From, To, [item], Usd, reference: -9).Single().Kind
            .ShouldBe(ChargeKind.StatutorySum);
        FinanceChargeRules.For(
            clauses, From, To, [Item(new(2026, 8, 31), (From.AddDays(-1), 10_000))], Usd, reference: 2.15m)
            .ShouldHaveSingleItem().Kind.ShouldBe(ChargeKind.Interest);
    }

    [Fact]
    public void Fee_and_fixed_sum_are_due_once_for_an_installment_whose_due_date_was_moved_within_the_month()
    {
        var clauses = new ContractClauses(25, Statutory: new StatutoryClause("ecb", 8, [new StatutorySum(0, 40)]));
        (DateOnly, decimal)[] all = [(From.AddDays(-1), 1_000), (new(2026, 10, 5), -1_000), (new(2026, 10, 5), 1_000)];
        var before = Item(new(2026, 9, 30), all[0], all[1]) with { OfAllDueDates = all };
        var after = Item(new(2026, 10, 20), all[2]) with { OfAllDueDates = all };

        FinanceChargeRules.For(clauses, From, To, [after, before], Usd)
            .Where(charge => charge.Kind != ChargeKind.Interest).Select(charge => charge.Description)
            .ShouldBe(
                ["Late fee on INV-1/1, due 2026-09-30", "Compensation by law for INV-1/1, due 2026-09-30"]);
        FinanceChargeRules.Charged(clauses, From, To, [after, before], Usd)
            .Single(charge => charge.Kind == ChargeKind.StatutorySum).Amount.ShouldBe(Money.Of(40, Usd));
    }

    /// <summary>Cash application pays it where a rule set pays late fees.</summary>
    [Fact]
    public void A_debit_memo_of_the_fixed_sum_alone_is_published_as_a_late_fee()
    {
        var issued = Some.Issued(40) with
        {
            Kind = DocumentKind.DebitMemo,
            Charges = [new ChargedItem(Ids.From("invoice", "late"), 1, ChargeKind.StatutorySum, Some.Usd(40))],
        };
        InvoicingPublications.Create().Of(new StoredEvent
        {
            Id = Ids.From("event", "debit memo"),
            StreamId = Ids.From("invoice", "debit memo"),
            Version = 1,
            Type = "any",
            Data = issued,
            At = Some.Now,
            Metadata = new EventMetadata("test"),
        }).Select(message => message.Contract).OfType<Contract.InvoiceIssued>().ShouldHaveSingleItem()
            .Items.ShouldHaveSingleItem().Charge.ShouldBe("late-fee");
    }

    /// <summary>40, 70 or 100 by what is owed.</summary>
    [Theory]
    [InlineData(999.99, 40)]
    [InlineData(1_000, 70)]
    [InlineData(9_999.99, 70)]
    [InlineData(10_000, 100)]
    public void The_fixed_sum_goes_by_what_was_open_when_the_item_became_overdue(double open, int sum)
    {
        var clauses = new ContractClauses(Statutory: new StatutoryClause(
            "bank-rate", 8, [new(0, 40), new(1_000, 70), new(10_000, 100)]));

        For(clauses, Item(new(2026, 9, 30), (From.AddDays(-1), (decimal)open), (new(2026, 10, 2), -(decimal)open)))
            .Single(charge => charge.Kind == ChargeKind.StatutorySum).Amount.ShouldBe(Money.Of(sum, Usd));
    }

    [Theory]
    [InlineData("2026-07-01", 2.15, null)]
    [InlineData("2026-01-01", -0.88, null)]
    [InlineData("2026-08-01", 2.15, "invalid-reference-rate")]
    [InlineData("2026-07-01", 2.12345, "invalid-reference-rate")]
    [InlineData("2026-07-01", 101, "invalid-reference-rate")]
    public void A_reference_rate_holds_for_a_half_year(string from, double percent, string? refused)
    {
        var wish = new ReferenceRateSet(
            "US01", "ecb", DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), (decimal)percent);
        var decision = ReferenceRateDecider.Set(ReferenceRate.Initial, wish);

        decision.Refusal?.Code.ShouldBe(refused);
        decision.Events.Count.ShouldBe(refused is null ? 1 : 0);
        if (refused is null)
        {
            ReferenceRateDecider.Set(ReferenceRate.Evolve(ReferenceRate.Initial, wish), wish).Events.ShouldBeEmpty();
        }
    }

    private static InvoiceIssued Charge(params IssueInvoiceLine[] lines) => (InvoiceIssued)InvoiceDecider.Issue(
        Invoice.Initial, Some.Draft(Some.Wish(lines)) with { Kind = DocumentKind.DebitMemo }, "DM-1").Events[0];

    private static List<FinanceCharge> For(ContractClauses clauses, ItemHistory item) =>
        [.. FinanceChargeRules.For(clauses, From, To, [item], Usd)];

    private static ItemHistory Item(DateOnly due, params (DateOnly Day, decimal Change)[] changes) =>
        new(Some.Receipt, "INV-1", 1, due, changes);

    private static Invoice After(params object[] events) => events.Aggregate(Invoice.Initial, Invoice.Evolve);
}
