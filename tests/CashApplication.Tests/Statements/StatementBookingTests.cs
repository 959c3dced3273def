using System.Text;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Tests.Support;

namespace OrderToCash.CashApplication.Tests.Statements;

/// <summary>I-07, D-69, D-70: a line of the account is booked exactly once, and twins are two lines.</summary>
public sealed class Booking_statements
{
    private static readonly DateOnly Monday = new(2026, 11, 2);

    private readonly Dictionary<string, int> _history = [];
    private readonly List<Guid> _receipts = [];
    private BankAccount _account = BankAccount.Evolve(
        BankAccount.Initial, new BankAccountDefined("US01-MAIN", "US01", "USD", Camt.Account, null, null, "1000"));

    [Fact]
    public void keeps_twins_of_one_statement()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same").Credit(50m, "same")).Receipts.Count.ShouldBe(2);
        AllDifferent();
    }

    [Fact]
    public void keeps_a_twin_in_the_next_statement_of_the_same_day()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same"));
        Book(new Camt("S2", Monday, 50m).Credit(50m, "same")).Receipts.Count.ShouldBe(1);
        AllDifferent();
    }

    [Fact]
    public void leaves_out_what_an_overlapping_statement_repeats()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same").Credit(20m, "other"));
        var plan = Book(new Camt("S2", Monday.AddDays(1), 0m)
            .Credit(50m, "same", day: Monday).Credit(20m, "other", day: Monday).Credit(7m, "new"));
        plan.Receipts.ShouldHaveSingleItem().Amount.Amount.ShouldBe(7m);
        plan.Statement.Lines.Count(line => line.Class == LineClass.AlreadyBooked).ShouldBe(2);
        AllDifferent();
    }

    /// <summary>
    /// Swept accounts end every day where they began: the balance then fits a repeat as well as a sequel.
    /// </summary>
    [Fact]
    public void books_nothing_twice_where_what_is_repeated_sums_to_nothing()
    {
        Book(new Camt("NOON", Monday, 0m).Credit(50m, "a", reference: "R1").Debit(50m, "ICDT", "ESCT"));
        var evening = Book(new Camt("EVENING", Monday, 0m)
            .Credit(50m, "a", reference: "R1").Debit(50m, "ICDT", "ESCT").Credit(7m, "new", reference: "R2"));
        evening.Receipts.ShouldHaveSingleItem().Amount.Amount.ShouldBe(7m);
        Book(new Camt("AGAIN", Monday, 0m)
            .Credit(50m, "a", reference: "R1").Debit(50m, "ICDT", "ESCT").Credit(7m, "new", reference: "R2"))
            .Receipts.ShouldBeEmpty();
        AllDifferent();
    }

    [Fact]
    public void counts_twins_in_an_overlap()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same"));
        Book(new Camt("S2", Monday.AddDays(1), 0m).Credit(50m, "same", day: Monday).Credit(50m, "same", day: Monday))
            .Receipts.Count.ShouldBe(1);
        AllDifferent();
    }

    [Fact]
    public void without_balances_goes_by_the_lines_alone()
    {
        Book(new Camt("S1", Monday, null).Credit(50m, "a").Credit(50m, "a"));
        Book(new Camt("S2", Monday, null).Credit(50m, "a").Credit(50m, "a").Credit(50m, "a")
            .Credit(1m, "b")).Receipts.Count.ShouldBe(2);
        AllDifferent();
    }

    [Fact]
    public void of_another_file_with_the_same_content_books_nothing()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "a"));
        Book(new Camt("S1", Monday, 0m).Credit(50m, "a")).Booked.ShouldBeNull();
    }

    [Fact]
    public void refuses_a_gap() => Refused(StatementRefusals.Gap,
        new Camt("S1", Monday, 0m).Credit(50m, "a"), new Camt("S2", Monday.AddDays(1), 60m).Credit(1m, "b"));

    [Fact]
    public void refuses_an_identification_with_another_content() => Refused(StatementRefusals.IdReused,
        new Camt("S1", Monday, 0m).Credit(50m, "a"), new Camt("S1", Monday, 0m).Credit(51m, "a"));

    [Fact]
    public void refuses_an_overlap_that_does_not_continue_the_balance() => Refused(StatementRefusals.Gap,
        new Camt("S1", Monday, 0m).Credit(50m, "a"),
        new Camt("S2", Monday.AddDays(1), 10m).Credit(50m, "a", day: Monday).Credit(5m, "b"));

    [Fact]
    public void makes_one_receipt_of_each_payment_that_sums_to_its_entry()
    {
        var plan = Book(new Camt("S1", Monday, 0m).Batch((30m, "INV-1"), (30m, "INV-2"), (40m, "INV-3")));
        plan.Receipts.Select(receipt => receipt.Amount.Amount).ShouldBe([30m, 30m, 40m]);
        plan.Receipts.Select(receipt => receipt.Remittance[0]).ShouldBe(["INV-1", "INV-2", "INV-3"]);
        AllDifferent();
    }

    [Fact]
    public void classifies_debits()
    {
        var lines = Book(new Camt("S1", Monday, 100m)
            .Debit(5m, "MDOP", "CHRG").Debit(20m, "RDDT", "UPDD").Debit(30m, "ICDT", "ESCT")).Statement.Lines;
        lines.Select(line => line.Class).ShouldBe([LineClass.Fee, LineClass.Return, LineClass.Other]);
        lines.ShouldAllBe(line => line.ReceiptIds.Count == 0);
    }

    private StatementPlan Book(Camt camt)
    {
        var (plan, refusal) = Try(camt);
        refusal.ShouldBeNull();
        if (plan!.Booked is not null)
            _account = BankAccount.Evolve(_account, plan.Booked);
        foreach (var line in plan.Statement.Lines.Where(line =>
            line.Class is not (LineClass.AlreadyBooked or LineClass.Information)))
        {
            var fingerprint = line.Key.Split('#')[0];
            _history[fingerprint] = _history.GetValueOrDefault(fingerprint) + 1;
        }

        _receipts.AddRange(plan.Receipts.Select(receipt => receipt.ReceiptId));
        return plan;
    }

    private void Refused(string code, Camt first, Camt second)
    {
        Book(first);
        Try(second).Refusal.ShouldNotBeNull().Code.ShouldBe(code);
    }

    private (StatementPlan? Plan, StatementRefusal? Refusal) Try(Camt camt)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(camt.Xml()));
        var file = CamtReader.Read(stream);
        StatementChecks.Check(file).ShouldBeNull();
        return new StatementBooking(Guid.Empty, Monday).Book(_account, file.Statements[0], _history);
    }

    private void AllDifferent() => _receipts.Distinct().Count().ShouldBe(_receipts.Count);
}
