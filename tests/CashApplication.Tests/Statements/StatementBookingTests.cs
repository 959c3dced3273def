using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Tests.Statements;

/// <summary>I-07, B-19, D-69, D-70: a line of the account is booked exactly once, and twins are two lines.</summary>
public sealed class Booking_statements
{
    private static readonly DateOnly Monday = new(2026, 11, 2);

    private readonly Ledger _ledger = new();

    [Fact]
    public void keeps_twins_of_one_statement()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same").Credit(50m, "same")).Count.ShouldBe(2);
        AllDifferent();
    }

    [Fact]
    public void keeps_a_twin_in_the_next_statement_of_the_same_day()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same"));
        Book(new Camt("S2", Monday, 50m).Credit(50m, "same")).Count.ShouldBe(1);
        AllDifferent();
    }

    [Fact]
    public void keeps_a_twin_of_an_earlier_statement_that_comes_later()
    {
        Book(new Camt("S2", Monday, 50m).Credit(50m, "same"));
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same")).Count.ShouldBe(1);
        AllDifferent();
    }

    [Fact]
    public void leaves_out_what_an_overlapping_statement_repeats()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same").Credit(20m, "other"));
        Book(new Camt("S2", Monday.AddDays(1), 0m)
            .Credit(50m, "same", day: Monday).Credit(20m, "other", day: Monday).Credit(7m, "new"))
            .ShouldHaveSingleItem().Amount.Amount.ShouldBe(7m);
        _ledger.Lines.Count(line => line.Class == LineClass.AlreadyBooked).ShouldBe(2);
        AllDifferent();
    }

    /// <summary>
    /// The day was booked first, the week that holds it comes after, and then an earlier day of that week.
    /// </summary>
    [Fact]
    public void leaves_out_what_is_repeated_at_the_end_of_an_overlapping_statement()
    {
        var tuesday = Monday.AddDays(1);
        Book(new Camt("TUE", tuesday, 50m).Credit(7m, "seven"));
        Book(new Camt("BOTH", tuesday, 0m).Credit(50m, "fifty", day: Monday).Credit(7m, "seven"))
            .ShouldHaveSingleItem().Amount.Amount.ShouldBe(50m);
        Book(new Camt("MON", Monday, 0m).Credit(50m, "fifty")).ShouldBeEmpty();
        AllDifferent();
    }

    /// <summary>
    /// Swept accounts end every day where they began: the balance then fits a repeat as well as a sequel.
    /// </summary>
    [Fact]
    public void books_nothing_twice_where_what_is_repeated_sums_to_nothing()
    {
        Book(new Camt("NOON", Monday, 0m).Credit(50m, "a", reference: "R1").Debit(50m, "ICDT", "ESCT"));
        Book(new Camt("EVENING", Monday, 0m)
            .Credit(50m, "a", reference: "R1").Debit(50m, "ICDT", "ESCT").Credit(7m, "new", reference: "R2"))
            .ShouldHaveSingleItem().Amount.Amount.ShouldBe(7m);
        Book(new Camt("AGAIN", Monday, 0m)
            .Credit(50m, "a", reference: "R1").Debit(50m, "ICDT", "ESCT").Credit(7m, "new", reference: "R2"))
            .ShouldBeEmpty();
        AllDifferent();
    }

    [Fact]
    public void counts_twins_in_an_overlap()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "same"));
        Book(new Camt("S2", Monday.AddDays(1), 0m).Credit(50m, "same", day: Monday).Credit(50m, "same", day: Monday))
            .Count.ShouldBe(1);
        AllDifferent();
    }

    [Fact]
    public void without_balances_goes_by_the_lines_alone()
    {
        Book(new Camt("S1", Monday, null).Credit(50m, "a").Credit(50m, "a"));
        Book(new Camt("S2", Monday, null).Credit(50m, "a").Credit(50m, "a").Credit(50m, "a").Credit(1m, "b"))
            .Count.ShouldBe(2);
        AllDifferent();
    }

    [Fact]
    public void of_another_file_with_the_same_content_books_nothing()
    {
        Book(new Camt("S1", Monday, 0m).Credit(50m, "a"));
        _ledger.Import(new Camt("S1", Monday, 0m).Credit(50m, "a")).Statement!.IsRepeated.ShouldBeTrue();
        AllDifferent();
    }

    [Fact]
    public void refuses_an_identification_with_another_content() => Refused(StatementRefusals.IdReused,
        new Camt("S1", Monday, 0m).Credit(50m, "a"), new Camt("S1", Monday, 0m).Credit(51m, "a"));

    [Fact]
    public void refuses_an_overlap_that_does_not_continue_the_balance() => Refused(StatementRefusals.Overlaps,
        new Camt("S1", Monday, 0m).Credit(50m, "a"),
        new Camt("S2", Monday.AddDays(1), 10m).Credit(50m, "a", day: Monday).Credit(5m, "b"));

    [Fact]
    public void refuses_other_words_about_the_same_stretch() => Refused(StatementRefusals.Overlaps,
        new Camt("S1", Monday, 0m).Credit(50m, "a"), new Camt("S2", Monday, 0m).Credit(50m, "b"));

    [Fact]
    public void makes_one_receipt_of_each_payment_that_sums_to_its_entry()
    {
        var receipts = Book(new Camt("S1", Monday, 0m).Batch((30m, "INV-1"), (30m, "INV-2"), (40m, "INV-3")));
        receipts.Select(receipt => receipt.Amount.Amount).ShouldBe([30m, 30m, 40m]);
        receipts.Select(receipt => receipt.Remittance[0]).ShouldBe(["INV-1", "INV-2", "INV-3"]);
        AllDifferent();
    }

    /// <summary>A fee that was given back and is charged again is one, as it was when it came back.</summary>
    [Theory]
    [InlineData(Movement.Debit, LineClass.Fee)]
    [InlineData(Movement.Credit, LineClass.FeeReturned)]
    public void classifies_reversals_of_fees(Movement movement, LineClass expected) =>
        EntryClassification.Of(new StatementEntry
        {
            Ordinal = 1,
            Line = 1,
            Amount = Money.Of(2m, "USD"),
            Movement = movement,
            IsReversal = true,
            Status = EntryStatus.Booked,
            TransactionCode = new BankTransactionCode("ACMT", "MDOP", "CHRG", null, null),
        }).ShouldBe(expected);

    [Fact]
    public void classifies_debits()
    {
        Book(new Camt("S1", Monday, 100m)
            .Debit(5m, "MDOP", "CHRG").Debit(20m, "RDDT", "UPDD").Debit(30m, "ICDT", "ESCT")).ShouldBeEmpty();
        _ledger.Lines.Select(line => line.Class).ShouldBe([LineClass.Fee, LineClass.Return, LineClass.Other]);
        _ledger.Lines.ShouldAllBe(line => line.ReceiptIds.Count == 0);
    }

    /// <summary>A payment that comes back is one whether or not the bank gives its reason: none is left out.</summary>
    [Fact]
    public void keeps_every_payment_of_ours_that_comes_back_in_one_credit()
    {
        const string Details = "<NtryDtls><TxDtls><Amt Ccy=\"USD\">60.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>" +
            "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>" +
            "<TxDtls><Amt Ccy=\"USD\">40.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls></NtryDtls>";
        Book(new Camt("S1", Monday, 0m).CreditOf(100m, "ICDT", "RRTN", Details)).ShouldBeEmpty();
        var line = _ledger.Lines.ShouldHaveSingleItem();
        line.Class.ShouldBe(LineClass.PaymentReturned);
        line.Returns.ShouldNotBeNull().Select(one => (one.Detail, one.Amount.Amount)).ShouldBe([(1, 60m), (2, 40m)]);

        Book(new Camt("S2", Monday.AddDays(1), 100m).CreditOf(100m, "RCDT", "ESCT", Details))
            .ShouldHaveSingleItem().Amount.Amount.ShouldBe(40m);
        _ledger.Lines[^1].Returns.ShouldNotBeNull().ShouldHaveSingleItem().Amount.Amount.ShouldBe(60m);
    }

    private List<IncomingReceipt> Book(Camt camt)
    {
        var before = _ledger.Receipts.Count;
        _ledger.Import(camt).Refusal.ShouldBeNull();
        return _ledger.Receipts[before..];
    }

    private void Refused(string code, Camt first, Camt second)
    {
        Book(first);
        _ledger.Import(second).Refusal.ShouldNotBeNull().Code.ShouldBe(code);
    }

    private void AllDifferent() => _ledger.Receipts.ConvertAll(receipt => receipt.ReceiptId).ShouldBeUnique();
}
