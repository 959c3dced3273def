using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Tests.Support;

namespace OrderToCash.CashApplication.Tests.Statements;

/// <summary>
/// I-20: statements take their places by their days and balances, never by the order in which they come.
/// </summary>
public sealed class Chaining_statements
{
    private static readonly DateOnly Monday = new(2026, 11, 2);

    [Fact]
    public void a_later_statement_that_opens_with_another_balance_waits_for_the_one_between()
    {
        var ledger = new Ledger();
        ledger.Import(Day(0, 0m, 100m));
        var refusal = ledger.Import(Day(2, 110m, 5m)).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe(StatementRefusals.Gap);
        refusal.Line.ShouldBePositive();
        refusal.Detail.ShouldBe(
            "it opens with 110.00 USD, but statement D0 closed with 100.00 USD: one between them is missing.");
        ledger.Import(Day(1, 100m, 10m)).Refusal.ShouldBeNull();
        ledger.Import(Day(2, 110m, 5m)).Refusal.ShouldBeNull();
        Gaps(ledger).ShouldBe(0);
    }

    [Fact]
    public void an_earlier_statement_is_put_before_the_first()
    {
        var ledger = new Ledger();
        ledger.Import(Day(5, 100m, 1m));
        ledger.Import(Day(4, 90m, 10m)).Refusal.ShouldBeNull();
        ledger.Import(Day(2, 70m, 10m)).Refusal!.Code.ShouldBe(StatementRefusals.Gap);
        ledger.Account.Last!.StatementId.ShouldBe("D5");
        Gaps(ledger).ShouldBe(0);
    }

    [Fact]
    public void a_person_may_let_in_a_gap_and_it_is_told_until_it_is_closed()
    {
        var ledger = new Ledger();
        ledger.Import(Day(0, 0m, 100m));
        ledger.Import(Day(2, 110m, 5m), acceptsGap: true).Refusal.ShouldBeNull();
        Gaps(ledger).ShouldBe(1);
        ledger.Import(Day(1, 100m, 10m)).Refusal.ShouldBeNull();
        Gaps(ledger).ShouldBe(0);
    }

    /// <summary>The balance came back to where it was, so the fourth day seemed to follow on the first.</summary>
    [Fact]
    public void days_between_two_that_linked_by_chance_still_take_their_places()
    {
        var ledger = new Ledger();
        ledger.Import(Day(0, 0m, 100m)).Refusal.ShouldBeNull();
        ledger.Import(Day(3, 100m, 5m)).Refusal.ShouldBeNull();
        ledger.Import(Day(1, 100m, 10m)).Refusal.ShouldBeNull();
        Gaps(ledger).ShouldBe(1);
        ledger.Import(new Camt("D2", Monday.AddDays(2), 110m).Debit(10m, "ICDT", "ESCT")).Refusal.ShouldBeNull();
        Gaps(ledger).ShouldBe(0);
    }

    [Fact]
    public void a_statement_without_an_opening_balance_is_no_link()
    {
        var ledger = new Ledger();
        ledger.Import(Day(0, 0m, 100m));
        ledger.Import(new Camt("NONE", Monday.AddDays(3), null).Credit(1m, "x")).Refusal.ShouldBeNull();
        ledger.Import(Day(1, 100m, 10m)).Refusal.ShouldBeNull();
        Gaps(ledger).ShouldBe(0);
    }

    /// <summary>
    /// Whatever the days bring, and in whatever order their statements come, those that wait are imported in the end,
    /// the chain is unbroken and every line is booked once, twins among them.
    /// </summary>
    [Fact]
    public void any_order_of_statements_ends_in_the_same_books() => Prop.ForAll(
        Arb.From(
            from days in Gen.ListOf(Gen.ListOf(Gen.Elements(50m, 50m, 20m, -20m, -50m, 7m)).Resize(3)).Resize(9)
            from seed in Gen.Choose(0, int.MaxValue)
            select (days, seed)),
        world =>
        {
            var statements = Statements(world.days.Select(day => day.ToArray()).ToArray());
            var (inOrder, shuffled) = (new Ledger(), new Ledger());
            foreach (var statement in statements)
                inOrder.Import(statement).Refusal.ShouldBeNull();
            var waiting = statements.ToList();
            new Random(world.seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(waiting));
            while (waiting.RemoveAll(statement => shuffled.Import(statement).Refusal is null) > 0)
            {
                // Those that are left wait for what has just been imported.
            }

            waiting.ShouldBeEmpty();
            Gaps(shuffled).ShouldBe(0);
            Ids(shuffled).ShouldBe(Ids(inOrder), ignoreOrder: true);
            Ids(shuffled).ShouldBeUnique();
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<Guid> Ids(Ledger ledger) => ledger.Receipts.Select(receipt => receipt.ReceiptId);

    private static int Gaps(Ledger ledger) => StatementChain.Gaps(ledger.Account.Statements).Count();

    private static Camt Day(int day, decimal opening, decimal credit) =>
        new Camt($"D{day}", Monday.AddDays(day), opening).Credit(credit, $"day {day}");

    private static Camt[] Statements(decimal[][] days)
    {
        var balance = 1_000m;
        return [.. days.Select((amounts, day) =>
        {
            var statement = new Camt($"D{day}", Monday.AddDays(day), balance);
            foreach (var amount in amounts)
                statement = amount > 0 ? statement.Credit(amount, "twin") : statement.Debit(-amount, "ICDT", "ESCT");
            balance = statement.Closing;
            return statement;
        })];
    }
}
