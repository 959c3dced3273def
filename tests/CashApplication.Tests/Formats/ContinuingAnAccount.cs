using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>How a statement follows on what is imported of its account.</summary>
public sealed class ContinuingAnAccount
{
    private static readonly ImportedStatement Last =
        new("S-0", "11", "hash of S-0", Money.Of(100m, "EUR"), new DateOnly(2026, 3, 1));

    [Fact]
    public void The_first_statement_of_an_account_continues_it() =>
        Judge(Statement("S-1", "55.00", "2026-03-02"), last: null).ShouldBe(Continues);

    [Fact]
    public void A_statement_that_opens_with_the_last_closing_balance_continues() =>
        Judge(Statement("S-1", "100.00", "2026-03-02")).ShouldBe(Continues);

    [Fact]
    public void Several_statements_of_one_day_continue_each_other() =>
        Judge(Statement("S-1", "100.00", "2026-03-01")).ShouldBe(Continues);

    [Fact]
    public void A_statement_without_an_opening_balance_continues() =>
        Judge(Statement("S-1", null, "2026-03-02")).ShouldBe(Continues);

    [Fact]
    public void A_later_statement_that_opens_with_another_balance_leaves_a_gap()
    {
        var refusal = Judge(Statement("S-2", "90.00", "2026-03-03")).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(StatementRefusals.Gap);
        refusal.Line.ShouldBePositive();
        refusal.Detail.ShouldBe("it opens with 90.00 EUR, but statement S-0 (number 11) closed with 100.00 EUR: " +
            "one between them is missing.");
    }

    [Theory]
    [InlineData("90.00", "2026-03-01")]
    [InlineData("90.00", "2026-02-28")]
    [InlineData("100.00", "2026-02-28")]
    public void A_statement_of_days_that_are_imported_overlaps(string opening, string day) =>
        Judge(Statement("S-x", opening, day)).Refusal!.Code.ShouldBe(StatementRefusals.Overlaps);

    [Fact]
    public void The_same_statement_again_is_a_duplicate_whatever_came_after_it()
    {
        var statement = Statement("S-1", "100.00", "2026-03-02");
        var imported = new ImportedStatement("S-1", null, StatementFingerprint.Of(statement), null, null);

        StatementContinuity.Judge(statement, StatementFingerprint.Of(statement), imported, Last)
            .ShouldBe(new StatementContinuity(IsDuplicate: true, Refusal: null));
    }

    [Fact]
    public void The_same_identification_with_another_content_is_refused()
    {
        var imported = new ImportedStatement("S-1", null, "another hash", null, null);
        var statement = Statement("S-1", "100.00", "2026-03-02");

        StatementContinuity.Judge(statement, StatementFingerprint.Of(statement), imported, Last)
            .Refusal!.Code.ShouldBe(StatementRefusals.IdReused);
    }

    [Fact]
    public void A_fingerprint_does_not_see_how_the_file_is_made_but_every_amount_in_it()
    {
        var document = CamtSample.OfEntries(3);
        var other = document.Replace("\n", "\r\n   ", StringComparison.Ordinal)
            .Replace("M-1", "M-2", StringComparison.Ordinal)
            .Replace("18:00:00", "19:30:00", StringComparison.Ordinal);

        Fingerprint(other).ShouldBe(Fingerprint(document));
        Fingerprint(document.Replace("INV-2", "INV-4", StringComparison.Ordinal)).ShouldNotBe(Fingerprint(document));
        Fingerprint(document.Replace("BOOK", "PDNG", StringComparison.Ordinal)).ShouldNotBe(Fingerprint(document));
    }

    [Fact]
    public void Twins_have_different_keys_and_the_same_ones_in_an_overlapping_statement()
    {
        var twin = CamtSample.Entry("4.50");
        var first = Keys(CamtSample.Statement(twin + twin + CamtSample.Entry("9.00")));
        var overlapping = Keys(CamtSample.Statement(CamtSample.Entry("9.00") + twin + twin + twin, id: "S-2"));

        first.ShouldBeUnique();
        overlapping.ShouldBeUnique();
        overlapping.Except(first, StringComparer.Ordinal).Count().ShouldBe(1);
        first.Except(overlapping, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void A_pending_entry_keeps_its_key_when_it_is_booked() =>
        Keys(CamtSample.Statement(CamtSample.Entry("1", status: "PDNG")))
            .ShouldBe(Keys(CamtSample.Statement(CamtSample.Entry("1"))));

    private static readonly StatementContinuity Continues = new(IsDuplicate: false, Refusal: null);

    private static StatementContinuity Judge(BankStatement statement) => Judge(statement, Last);

    private static StatementContinuity Judge(BankStatement statement, ImportedStatement? last) =>
        StatementContinuity.Judge(statement, StatementFingerprint.Of(statement), sameId: null, last);

    private static BankStatement Statement(string id, string? opening, string day) => CamtSample.ReadOne(
        CamtSample.Statement("", opening: null, id: id,
            more: CamtSample.Balance("OPBD", opening, day) + CamtSample.Balance("CLBD", opening ?? "1.00", day)));

    private static string Fingerprint(string document) =>
        StatementFingerprint.Of(CamtSample.Read(document).Statements.ShouldHaveSingleItem());

    private static List<string> Keys(string statement)
    {
        var read = CamtSample.ReadOne(statement);
        using var fingerprint = new StatementFingerprint(read);
        return read.Entries.Select(fingerprint.Add).ToList();
    }
}
