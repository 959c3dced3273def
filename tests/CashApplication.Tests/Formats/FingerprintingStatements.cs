using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>What makes a statement, and an entry, the same one again.</summary>
public sealed class FingerprintingStatements
{
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
    public void Twins_are_alike_and_other_entries_are_not()
    {
        var twin = CamtSample.Entry("4.50");
        var keys = Keys(CamtSample.Statement(twin + twin + CamtSample.Entry("9.00")));
        keys[1].ShouldBe(keys[0]);
        keys[2].ShouldNotBe(keys[0]);
        EntryFingerprint.NumberOf(keys[0].Text).ShouldBe(keys[0].Number);
        Keys(CamtSample.Statement(CamtSample.Entry("9.00") + twin, id: "S-2")).ShouldBe([keys[2], keys[0]]);
    }

    [Fact]
    public void A_pending_entry_keeps_its_key_when_it_is_booked() =>
        Keys(CamtSample.Statement(CamtSample.Entry("1", status: "PDNG")))
            .ShouldBe(Keys(CamtSample.Statement(CamtSample.Entry("1"))));

    private static string Fingerprint(string document) =>
        StatementFingerprint.Of(CamtSample.Read(document).Statements.ShouldHaveSingleItem());

    private static List<EntryFingerprint> Keys(string statement)
    {
        var read = CamtSample.ReadOne(statement);
        using var fingerprint = new StatementFingerprint(read);
        return [.. read.Entries.Select(fingerprint.Add)];
    }
}
