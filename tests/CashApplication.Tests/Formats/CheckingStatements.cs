using System.Globalization;
using System.Text;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>Control totals: what a statement must satisfy by itself before it is booked.</summary>
public sealed class CheckingStatements
{
    [Fact]
    public void Opening_plus_credits_less_debits_is_closing()
    {
        var statement = CamtSample.ReadOne(CamtSample.Statement(
            CamtSample.Entry("10.00") + CamtSample.Entry("4.00", "DBIT"), "1.00", "7.00"));

        StatementChecks.Check(statement).ShouldBeNull();
    }

    [Fact]
    public void A_statement_that_does_not_balance_is_refused_at_its_closing_balance()
    {
        var statement = CamtSample.ReadOne(CamtSample.Statement(CamtSample.Entry("10.00"), "1.00", "12.00"));

        var refusal = StatementChecks.Check(statement).ShouldNotBeNull();
        refusal.Code.ShouldBe(StatementRefusals.DoesNotBalance);
        refusal.Line.ShouldBe(statement.Closing!.Line);
        refusal.Detail.ShouldContain("is 11.00, but closing is 12.00");
    }

    [Fact]
    public void Entries_that_are_not_booked_are_in_no_balance()
    {
        var entries = CamtSample.Entry("10.00") + CamtSample.Entry("5.00", status: "PDNG")
            + CamtSample.Entry("7.00", status: "INFO");

        StatementChecks.Check(CamtSample.ReadOne(CamtSample.Statement(entries, "0.00", "10.00"))).ShouldBeNull();
    }

    [Fact]
    public void A_reversal_moves_the_balance_the_way_its_indicator_says()
    {
        var entries = CamtSample.Entry("10.00") + CamtSample.Entry("10.00", "DBIT", "<RvslInd>true</RvslInd>");

        StatementChecks.Check(CamtSample.ReadOne(CamtSample.Statement(entries, "3.00", "3.00"))).ShouldBeNull();
    }

    [Fact]
    public void A_balance_that_is_not_given_is_not_held_against_anything_and_that_is_told()
    {
        var statement = CamtSample.ReadOne(CamtSample.Statement(CamtSample.Entry("10.00"), "1.00"));

        StatementChecks.Check(statement).ShouldBeNull();
        new ControlTotals(statement).AreBalancesStated.ShouldBeFalse();
    }

    [Theory]
    [InlineData("EUR", "USD", StatementRefusals.DoesNotBalance)]
    [InlineData("USD", "EUR", StatementRefusals.CurrencyDiffers)]
    public void Two_currencies_in_one_account_are_refused(string entry, string closing, string code)
    {
        var statement = CamtSample.ReadOne(CamtSample.Statement(CamtSample.Entry("1.00", currency: entry),
            more: CamtSample.Balance("CLBD", "1.00", currency: closing)));

        StatementChecks.Check(statement).ShouldNotBeNull().Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("<TtlNtries><NbOfNtries>3</NbOfNtries></TtlNtries>", null)]
    [InlineData("<TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries>", null)]
    [InlineData("<TtlNtries><NbOfNtries>4</NbOfNtries></TtlNtries>", StatementRefusals.SummaryDiffers)]
    [InlineData("<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>10</Sum></TtlCdtNtries>", null)]
    [InlineData("<TtlCdtNtries><NbOfNtries>2</NbOfNtries><Sum>15</Sum></TtlCdtNtries>", null)]
    [InlineData("<TtlCdtNtries><Sum>11</Sum></TtlCdtNtries>", StatementRefusals.SummaryDiffers)]
    [InlineData("<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>-4.00</Sum></TtlDbtNtries>", null)]
    [InlineData("<TtlDbtNtries><NbOfNtries>0</NbOfNtries></TtlDbtNtries>", StatementRefusals.SummaryDiffers)]
    public void Totals_that_the_bank_states_hold_for_all_entries_or_for_the_booked_ones(string totals, string? code)
    {
        var entries = CamtSample.Entry("10.00") + CamtSample.Entry("5.00", status: "PDNG")
            + CamtSample.Entry("4.00", "DBIT");
        var statement = CamtSample.ReadOne(
            CamtSample.Statement(entries, "0.00", "6.00", more: $"<TxsSummry>{totals}</TxsSummry>"));

        (StatementChecks.Check(statement)?.Code).ShouldBe(code);
    }

    [Theory]
    [InlineData("<Amt Ccy=\"EUR\">6</Amt>", "<Amt Ccy=\"EUR\">4</Amt>", true)]
    [InlineData("<Amt Ccy=\"EUR\">12</Amt>", "<Amt Ccy=\"EUR\">2</Amt><CdtDbtInd>DBIT</CdtDbtInd>", true)]
    [InlineData("<Amt Ccy=\"EUR\">6</Amt>", "", true)]
    [InlineData("<Amt Ccy=\"EUR\">6</Amt>", "<Amt Ccy=\"USD\">9</Amt>", true)]
    [InlineData(
        "<Amt Ccy=\"EUR\">6.5</Amt><Chrgs><Amt Ccy=\"EUR\">0.5</Amt></Chrgs>", "<Amt Ccy=\"EUR\">4</Amt>", true)]
    [InlineData("<Amt Ccy=\"EUR\">6</Amt>", "<Amt Ccy=\"EUR\">5</Amt>", false)]
    public void Payments_told_in_full_add_up_to_their_entry(string first, string second, bool holds)
    {
        var statement = CamtSample.ReadOne(CamtSample.Statement(
            CamtSample.Entry("10.00", more: CamtSample.Details(first) + CamtSample.Details(second))));

        var refusal = StatementChecks.Check(statement);

        (refusal?.Code).ShouldBe(holds ? null : StatementRefusals.DetailsDoNotAddUp);
        if (refusal is not null)
            (refusal.Line, refusal.Element).ShouldBe((statement.Entries[0].Line, "statement S-1, entry 1"));
    }

    /// <summary>
    /// BAI2: the account says how many credits and debits there are; a total without a count may be of more than is
    /// told.
    /// </summary>
    [Theory]
    [InlineData("100,5000,1,,400,2500,1,", null)]
    [InlineData("100,5000,,,400,,1,", null)]
    [InlineData("100,5000,2,,400,2500,1,", StatementRefusals.SummaryDiffers)]
    [InlineData("100,5000,1,,400,2500,0,", StatementRefusals.SummaryDiffers)]
    [InlineData("100,9000,,,400,2500,1,", null)]
    public void Items_that_a_bai2_account_counts_are_those_that_are_there(string totals, string? code)
    {
        var stated = totals.Split(',').Where((_, index) => index % 4 == 1).Sum(text => text.Length > 0
            ? decimal.Parse(text, CultureInfo.InvariantCulture) : 0);
        var sum = (stated + 5000 + 2500).ToString(CultureInfo.InvariantCulture);
        string[] lines =
        [
            "01,BANK,US01,261105,0800,1,,,2/", "02,US01,BANK,1,261105,,USD,2/", $"03,4711,USD,{totals}/",
            "16,195,5000,,,A,WIRE/", "16,495,2500,,,B,WIRE OUT/", $"49,{sum},4/", $"98,{sum},1,6/", $"99,{sum},1,8/",
        ];
        var file = Corpus.Read(Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"));
        (StatementChecks.Check(file.Statements.ShouldHaveSingleItem())?.Code).ShouldBe(code);
    }

    /// <summary>
    /// BAI2: a report of the day so far counts since the day's beginning and tells what is new, and an account may tell
    /// its totals alone.
    /// </summary>
    [Theory]
    [InlineData("2", true, StatementRefusals.SummaryDiffers)]
    [InlineData("3", true, null)]
    [InlineData("2", false, null)]
    public void Items_that_a_bai2_account_counts_are_not_always_told(string modifier, bool isTold, string? code)
    {
        string[] told = isTold ? ["16,195,5000,,,A,WIRE/"] : [];
        var (sum, count) = (isTold ? 14_000 : 9_000, told.Length + 2);
        string[] lines =
        [
            "01,BANK,US01,261105,0800,1,,,2/", $"02,US01,BANK,1,261105,,USD,{modifier}/",
            "03,4711,USD,100,9000,2,/", .. told, $"49,{sum},{count}/", $"98,{sum},1,{count + 2}/",
            $"99,{sum},1,{count + 4}/",
        ];
        var file = Corpus.Read(Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"));
        (StatementChecks.Check(file.Statements.ShouldHaveSingleItem())?.Code).ShouldBe(code);
    }

    [Fact]
    public void Sums_beyond_the_limit_of_an_amount_are_still_sums()
    {
        var entries = string.Concat(Enumerable.Repeat(CamtSample.Entry("999999999999999.99"), 3));

        StatementChecks.Check(CamtSample.ReadOne(CamtSample.Statement(entries, "0.00", "1.00")))
            .ShouldNotBeNull().Detail.ShouldContain("2999999999999999.97");
    }

    [Fact]
    public void An_entry_without_dates_has_the_statements_last_day()
    {
        var statement = CamtSample.ReadOne(CamtSample.Statement(
            "<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>", "0", "1"));
        var entry = statement.Entries.ShouldHaveSingleItem();

        entry.Status.ShouldBe(EntryStatus.Booked);
        statement.BookingDateOf(entry).ShouldBe(new DateOnly(2026, 3, 2));
        statement.ValueDateOf(entry).ShouldBe(new DateOnly(2026, 3, 2));
        entry.Amount.ShouldBe(Money.Of(1m, "EUR"));
    }
}
