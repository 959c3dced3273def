using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Tests.Rules;

public class StatementsOfAccount
{
    private static readonly DateOnly To = new(2026, 10, 31);
    private static readonly DateTimeOffset At = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly StatementPrepared Prepared = new(
        null, "US01", Some.Customer, new DateOnly(2026, 10, 1), To, At, "en", StatementChannel.Email, true, true,
        [Some.Usd(10)], "00");

    private static readonly TestKit.DeciderSpec<Statement> Spec = new(Statement.Initial, Statement.Evolve);

    /// <summary>An invoice of some currency, due some days before the end, of which some is left.</summary>
    private static readonly Arbitrary<(bool Yen, int Late, int Issued, int Open)[]> Ledgers = (
        from yen in Gen.Elements(true, false)
        from late in Gen.Choose(-40, 4_000)
        from issued in Gen.Choose(1, 100_000)
        from open in Gen.Choose(-issued, issued)
        select (yen, late, issued, open)).ArrayOf().ToArbitrary();

    [Fact]
    public void I23_the_buckets_of_a_statement_and_its_items_come_to_the_closing_balance() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(Ledgers, ledger =>
        {
            var opening = ledger.Select(one => new OpeningRow(Code(one.Yen), one.Issued)).ToList();
            var entries = ledger.Where(one => one.Open != one.Issued).Select((one, n) => new EntryRow(
                Code(one.Yen), To.AddDays(-(n % 31)), At.AddSeconds(n), Some.NewId(), "payment-applied", $"INV-{n}",
                one.Open - one.Issued)).ToList();
            var items = ledger.Where(one => one.Open != 0).Select((one, n) => new ItemRow(
                Code(one.Yen), $"INV-{n}", 1, To.AddDays(-one.Late - 30), To.AddDays(-one.Late), one.Issued, one.Open))
                .ToList();

            var accounts = StatementRows.Accounts(To, false, opening, entries, items, []);

            accounts.Select(account => account.Currency).ShouldBe(accounts.Select(a => a.Currency).Order().Distinct());
            foreach (var account in accounts)
            {
                var currency = Currency.Of(account.Currency);
                Money.Sum(account.Aging.Select(bucket => bucket.Amount), currency).ShouldBe(account.Closing);
                Money.Sum(account.Items.Select(item => item.Open), currency).ShouldBe(account.Closing);
                (account.Opening + account.Charges + account.Credits).ShouldBe(account.Closing);
                account.Entries.Aggregate(account.Opening, (balance, entry) =>
                {
                    entry.Balance.ShouldBe(balance + entry.Amount);
                    return entry.Balance;
                }).ShouldBe(account.Closing);
            }
        }));

    [Theory]
    [InlineData(0, "current")]
    [InlineData(1, "1-30")]
    [InlineData(30, "1-30")]
    [InlineData(31, "31-60")]
    [InlineData(120, "91-120")]
    [InlineData(121, "120+")]
    [InlineData(3650, "120+")]
    public void D36_an_item_is_in_the_bucket_of_its_days_overdue_however_old_it_is(int days, string bucket)
    {
        var item = new ItemRow("USD", "INV-1", 1, To.AddDays(-days), To.AddDays(-days), 5, 5);

        StatementRows.Accounts(To, false, [], [], [item], []).Single().Aging
            .Single(one => one.Amount.IsPositive).Bucket.ShouldBe(bucket);
    }

    /// <summary>An invoice is netted with a deposit in the moment in which it is issued.</summary>
    [Fact]
    public void What_became_of_a_document_at_the_same_moment_is_told_in_its_order()
    {
        EntryRow[] rows = [Row(100, 1), Row(-40, 2), Row(-60, 3)];

        foreach (var order in new[] { rows, [.. rows.Reverse()], [rows[1], rows[2], rows[0]] })
        {
            StatementRows.Accounts(To, false, [], order, [], []).Single().Entries.Select(entry => entry.Amount.Amount)
                .ShouldBe([100m, -40m, -60m]);
        }

        static EntryRow Row(decimal amount, long version) =>
            new("USD", To, At, Some.NewId(), "any", "INV-1", amount, version);
    }

    [Fact]
    public void Unapplied_cash_lowers_what_is_due_and_not_what_is_open()
    {
        var item = new ItemRow("USD", "INV-1", 1, To, To, 100, 100);
        var account = StatementRows.Accounts(
            To, true, [new OpeningRow("USD", 100)], [], [item], [new CashRow("USD", 30)]).Single();

        (account.Closing, account.UnappliedCash, account.Due).ShouldBe((Some.Usd(100), Some.Usd(30), Some.Usd(70)));
    }

    [Theory]
    [InlineData(StatementCycle.Weekly, "2026-10-28", "2026-10-22")]
    [InlineData(StatementCycle.Monthly, "2026-02-28", "2026-02-01")]
    [InlineData(StatementCycle.Monthly, "2028-02-29", "2028-02-01")]
    [InlineData(StatementCycle.Monthly, "2028-02-28", null)]
    [InlineData(StatementCycle.Quarterly, "2026-12-31", "2026-10-01")]
    [InlineData(StatementCycle.Quarterly, "2026-11-30", null)]
    [InlineData(StatementCycle.None, "2026-12-31", null)]
    public void A_cycle_knows_its_periods(StatementCycle cycle, string to, string? from) =>
        StatementDecider.Period(cycle, Date(to))?.From.ShouldBe(from is null ? default : Date(from));

    [Fact]
    public void A_statement_is_sent_once_and_again_only_when_somebody_asks()
    {
        var sent = new StatementSent("aa", "bb");
        Spec.Given(Prepared).When(one => StatementDecider.Sent(one, "aa", "bb")).Then(sent);
        Spec.Given(Prepared, sent).When(one => StatementDecider.Sent(one, "aa", "bb")).ThenNothing();
        Spec.Given(Prepared, sent).When(StatementDecider.SendAgain).Then(new StatementSendAgain());
        Spec.Given(Prepared).When(StatementDecider.SendAgain).ThenNothing();
        Spec.Given(Prepared, sent, new StatementSendAgain(), sent).When(StatementDecider.SendAgain)
            .ThenState(one => one.Sends.ShouldBe(2));
        Spec.Given(Prepared with { Channel = StatementChannel.Post }).When(StatementDecider.SendAgain)
            .ThenRefused("not-by-mail");
        Spec.Given(Prepared with { Addressed = false }).When(StatementDecider.SendAgain).ThenRefused("not-by-mail");
    }

    /// <summary>After 5, 10, 20, … minutes, then every 4 hours, and at last not at all.</summary>
    [Fact]
    public void What_the_mail_server_was_not_there_for_is_tried_again_later_and_later()
    {
        var (statement, now, waits) = (Statement.Evolve(Statement.Initial, Prepared), At, new List<double>());
        StatementNotSent put;
        while ((put = (StatementNotSent)StatementDecider.PutOff(statement, "away", now).Events.ShouldHaveSingleItem())
            .RetryAt is { } retryAt)
        {
            waits.Add((retryAt - now).TotalMinutes);
            statement = Statement.Evolve(statement, put);
            StatementDecider.Retry(statement, retryAt.AddTicks(-1)).ShouldBe(Decision.Nothing);
            var again = StatementDecider.Retry(statement, retryAt).Events.ShouldHaveSingleItem();
            (statement, now) = (Statement.Evolve(statement, again), retryAt);
            StatementDecider.Retry(statement, now).ShouldBe(Decision.Nothing);
        }

        waits.ShouldBe([5, 10, 20, 40, 80, 160, .. Enumerable.Repeat(240d, 14)]);
        var ended = Statement.Evolve(statement, put);
        StatementDecider.Retry(ended, now.AddYears(1)).ShouldBe(Decision.Nothing);
        Spec.Given(Prepared, new StatementNotSent("away", At), new StatementSendAgain(), new StatementSent("aa", null))
            .When(one => StatementDecider.Retry(one, At.AddYears(1))).ThenNothing();
    }

    [Fact]
    public void Delivery_reports_may_come_twice_late_and_in_any_order()
    {
        var sent = new StatementSent("aa", null);
        StatementDeliveryReported Told(DeliveryState state) => new(state, At, "x");

        Spec.Given(Prepared).When(one => StatementDecider.Report(one, Told(DeliveryState.Delivered)))
            .ThenRefused("never-sent");
        Spec.Given(Prepared, sent).When(one => StatementDecider.Report(one, Told(DeliveryState.Bounced)))
            .Then(
                Told(DeliveryState.Bounced),
                new StatementAddressFailed(Prepared.LegalEntity, Prepared.CustomerId, null, "x"));
        Spec.Given(Prepared, sent, Told(DeliveryState.Opened))
            .When(one => StatementDecider.Report(one, Told(DeliveryState.Delivered))).ThenNothing();
        Spec.Given(Prepared, sent, Told(DeliveryState.Bounced))
            .When(one => StatementDecider.Report(one, Told(DeliveryState.Bounced))).ThenNothing();
        Spec.Given(Prepared, sent, new StatementSendAgain())
            .When(one => StatementDecider.Report(one, Told(DeliveryState.Bounced))).ThenNothing();
        Spec.Given(Prepared, sent, Told(DeliveryState.Bounced), new StatementSendAgain(), sent)
            .When(one => StatementDecider.Report(one, Told(DeliveryState.Opened)))
            .ThenState(one => (one.Status, one.Reason).ShouldBe((StatementStatus.Opened, null)));
    }

    private static string Code(bool yen) => yen ? "JPY" : "USD";

    private static DateOnly Date(string text) => DateOnly.Parse(text, null);
}
