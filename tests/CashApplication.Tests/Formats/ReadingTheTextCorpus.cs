using System.Text.Json;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>
/// Every file of the corpora of text formats reads as counted, or is refused at the line and for the reason that are
/// written down here: a sample that does not add up, is a fragment, or is broken on purpose.
/// </summary>
public sealed class ReadingTheTextCorpus(ITestOutputHelper output)
{
    private static readonly string[] Folders =
        ["mt940", "mt940-bad", "mt942", "bai2", "lockbox", "ofx", "ach", "ach-bad", "ach-load", "coda"];

    public static TheoryData<string> Files => Corpus.Files(Folders);

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_reads_as_counted_or_is_refused_for_what_is_wrong_with_it(string file)
    {
        if (Corpus.IsMissing(file))
            return;
        BankStatementFile? read = null;
        var outcome = Corpus.Outcome(() => read = Corpus.Read(Corpus.Bytes(file)));
        outcome.ShouldBe(RefusedInTheCorpus.Outcomes.GetValueOrDefault(file, Corpus.Holds));
        if (read is not null)
            Described(read).ShouldBe(Counted(file, Corpus.Truth(file)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_second_reading_has_the_same_fingerprint(string file)
    {
        if (Corpus.IsMissing(file) || file.StartsWith("ach-load", StringComparison.Ordinal))
            return;
        var content = Corpus.Bytes(file);
        if (Corpus.Outcome(() => Corpus.Read(content)) != Corpus.Holds)
            return;
        foreach (var (first, second) in Corpus.Read(content).Statements.Zip(Corpus.Read(content).Statements))
            StatementFingerprint.Of(second).ShouldBe(StatementFingerprint.Of(first));
    }

    [Fact]
    public void A_summary_of_the_corpora_is_printed()
    {
        foreach (var file in Corpus.Below(Folders))
            output.WriteLine($"{file}  {Corpus.Outcome(() => Corpus.Read(Corpus.Bytes(file)))}");
    }

    private static IEnumerable<Counts> Described(BankStatementFile file) => file.Format switch
    {
        "nacha" => [Together(file, _ => true)],
        "coda" or "bai.lockbox" => [Together(file, entry => entry.Status == EntryStatus.Booked)],
        _ => file.Statements.Select(statement => new Counts(statement.AccountIdentification, statement.Entries.Count,
            Sum(statement.Entries, Movement.Credit), Sum(statement.Entries, Movement.Debit),
            statement.Opening?.Amount.Amount, statement.Closing?.Amount.Amount)),
    };

    private static Counts Together(BankStatementFile file, Func<StatementEntry, bool> counts)
    {
        var entries = file.Statements.SelectMany(statement => statement.Entries).Where(counts).ToArray();
        return new Counts("", entries.Length, Sum(entries, Movement.Credit), Sum(entries, Movement.Debit),
            file.Statements[0].Opening?.Amount.Amount, file.Statements[^1].Closing?.Amount.Amount);
    }

    private static decimal Sum(IEnumerable<StatementEntry> entries, Movement movement) =>
        entries.Where(entry => entry.Movement == movement).Sum(entry => entry.Amount.Amount);

    private static IEnumerable<Counts> Counted(string file, JsonElement truth) => file.Split('/')[0] switch
    {
        "mt940" or "mt940-bad" or "mt942" => truth.GetProperty("messages").EnumerateArray().Select(message =>
            new Counts(message.Words("account"), message.Count("entries"), message.Number("credits"),
                message.Number("debits"), message.Balance("opening"), message.Balance("closing"))),
        "bai2" => truth.GetProperty("accounts").EnumerateArray().Select(account => new Counts(
            account.Words("account"), account.Count("transactions"), account.Number("credits"),
            account.Number("debits"), account.Balance("opening_010"), account.Balance("closing_015"))),
        "ofx" => truth.GetProperty("statements").EnumerateArray().Select(statement => new Counts(
            statement.Words("account")?.Replace(" ", "", StringComparison.Ordinal),
            statement.Count("transactions"), statement.Number("credits"),
            statement.Number("debits"), null, statement.Balance("ledger_balance"))),
        "coda" =>
        [
            new Counts("", truth.Count("top_level_movements"), truth.Number("credits"), truth.Number("debits"),
                truth.GetProperty("opening")[0].GetString() is { } opening
                    ? decimal.Parse(opening, System.Globalization.CultureInfo.InvariantCulture)
                    : null,
                decimal.Parse(truth.GetProperty("closing")[0].GetString()!,
                    System.Globalization.CultureInfo.InvariantCulture)),
        ],
        "lockbox" =>
        [
            new Counts("", truth.Count("checks"), truth.GetProperty("check_amounts").EnumerateArray().Sum(amount =>
                decimal.Parse(amount.GetString()!, System.Globalization.CultureInfo.InvariantCulture)), 0, null, null),
        ],
        _ => [new Counts("", truth.Count("entries"), truth.Number("credits"), truth.Number("debits"), null, null)],
    };

    private sealed record Counts(
        string? Account, int Entries, decimal Credits, decimal Debits, decimal? Opening, decimal? Closing);
}
