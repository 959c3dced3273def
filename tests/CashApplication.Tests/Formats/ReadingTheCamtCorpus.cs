using System.Globalization;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>Every file of the corpus is read as counted, or refused for its own fault.</summary>
public sealed class ReadingTheCamtCorpus(ITestOutputHelper output)
{
    public static TheoryData<string> Files => CamtCorpus.Files;

    /// <summary>
    /// Refusals that do not follow from the counts: a sample shortened to one entry that kept the bank's totals of 14.
    /// </summary>
    private static readonly Dictionary<string, string> OtherFaults = new(StringComparer.Ordinal)
    {
        ["camt/viafintech+camt_parser/053/valid_example_with_datetime.xml"] = StatementRefusals.SummaryDiffers,
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_reads_as_counted_or_is_refused_as_unreadable(string file)
    {
        if (CamtCorpus.IsMissing(file))
            return;
        var truth = CamtCorpus.Truth(file);
        if (Unreadable(truth) is { } expected)
        {
            var refused = Should.Throw<StatementRefused>(() => Read(file));
            refused.Refusal.Code.ShouldBe(expected);
            refused.Refusal.Line.ShouldBePositive();
            return;
        }

        var read = Read(file);
        read.Format.ShouldBe(FormatOf(truth));
        read.Statements.Count.ShouldBe(truth.Statements.Count);
        read.Statements.Select(Describe).ShouldBe(truth.Statements.Zip(read.Statements, Describe));
        foreach (var (statement, counted) in read.Statements.Zip(truth.Statements))
            BalancesShouldBe(statement, counted);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_holds_or_is_refused_for_what_is_wrong_with_it(string file)
    {
        if (CamtCorpus.IsMissing(file))
            return;
        Outcome(file).ShouldBe(ExpectedOutcome(file, CamtCorpus.Truth(file)));
        if (Outcome(file) == StatementRefusals.DoesNotBalance)
            PointsToAClosingBalance(file);
    }

    /// <summary>A statement that does not balance is refused at the line on which its closing balance stands.</summary>
    private static void PointsToAClosingBalance(string file)
    {
        var refusal = Read(file).Statements.Select(StatementChecks.Check).First(one => one is not null)!;
        var lines = System.Text.Encoding.UTF8.GetString(CamtCorpus.Bytes(file)).Split('\n');
        lines[refusal.Line - 1].ShouldContain("Bal>", customMessage: $"{file}: {refusal}");
        var balance = string.Concat(lines.Skip(refusal.Line - 1).Take(30));
        balance[..(balance.IndexOf("</Bal>", StringComparison.Ordinal) is >= 0 and var end ? end : balance.Length)]
            .ShouldMatch("CLBD|CLAV|>CL", $"{file}: {refusal}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_second_reading_has_the_same_fingerprint(string file)
    {
        if (CamtCorpus.IsMissing(file) || Unreadable(CamtCorpus.Truth(file)) is not null)
            return;
        foreach (var (first, second) in Read(file).Statements.Zip(Read(file).Statements))
        {
            StatementFingerprint.Of(second).ShouldBe(StatementFingerprint.Of(first));
        }
    }

    [Fact]
    public void The_corpus_holds_no_file_that_was_not_counted() =>
        CamtCorpus.FilesOnDisk().ShouldBe(CamtCorpus.Found, ignoreOrder: true);

    [Fact]
    public void A_summary_of_the_corpus_is_printed()
    {
        foreach (var outcome in CamtCorpus.Found.GroupBy(Outcome).OrderByDescending(group => group.Count()))
            output.WriteLine($"{outcome.Count(),4}  {outcome.Key}");
    }

    private static BankStatementFile Read(string file)
    {
        using var stream = new MemoryStream(CamtCorpus.Bytes(file));
        return CamtReader.Read(stream);
    }

    private static string Outcome(string file)
    {
        try
        {
            return Read(file).Statements.Select(StatementChecks.Check)
                .FirstOrDefault(refusal => refusal is not null)?.Code ?? Corpus.Holds;
        }
        catch (StatementRefused refused)
        {
            return refused.Refusal.Code;
        }
    }

    private static string? Unreadable(FileTruth truth) => truth.Statements.Count == 0
        ? StatementRefusals.NoStatement
        : truth.Statements.Any(statement => statement.UnreadableAmounts > 0)
            ? StatementRefusals.AmountUnreadable
            : null;

    private static string ExpectedOutcome(string file, FileTruth truth) => truth switch
    {
        _ when Unreadable(truth) is { } unreadable => unreadable,
        _ when truth.Statements.Any(statement => statement.BalancesTie == false) => StatementRefusals.DoesNotBalance,
        _ => OtherFaults.GetValueOrDefault(file, Corpus.Holds),
    };

    private static string FormatOf(FileTruth truth) => truth.Namespace.Length == 0
        ? "camt.053"
        : truth.Namespace[(truth.Namespace.LastIndexOf(':') + 1)..];

    /// <summary>The script does not know the account element of version 1; there what was read stands.</summary>
    private static StatementCounts Describe(StatementTruth truth, BankStatement read) => new(
        truth.Kind, truth.Id, truth.Account ?? read.AccountIdentification,
        truth.Entries, truth.TxDetails, truth.EntriesWithSeveralTx, Number(truth.Credits), Number(truth.Debits),
        truth.ReversalFlags,
        truth.Status.GetValueOrDefault("BOOK") + (truth.Kind == "Stmt" ? truth.Status.GetValueOrDefault("-") : 0));

    private static StatementCounts Describe(BankStatement statement) => new(
        statement.Kind switch
        {
            StatementKind.Statement => "Stmt",
            StatementKind.InterimReport => "Rpt",
            _ => "Ntfctn",
        },
        statement.StatementId,
        statement.AccountIdentification,
        statement.Entries.Count,
        statement.Entries.Sum(entry => entry.Details.Count),
        statement.Entries.Count(entry => entry.Details.Count > 1),
        statement.Entries.Where(entry => entry.Movement == Movement.Credit).Sum(entry => entry.Amount.Amount),
        statement.Entries.Where(entry => entry.Movement == Movement.Debit).Sum(entry => entry.Amount.Amount),
        statement.Entries.Count(entry => entry.IsReversal),
        statement.Entries.Count(entry => entry.Status == EntryStatus.Booked));

    /// <summary>Only booked balances are read; the script took available ones too where there were none.</summary>
    private static void BalancesShouldBe(BankStatement statement, StatementTruth truth)
    {
        (statement.Opening?.Amount.Amount).ShouldBe(truth.OpeningType is "OPAV" ? null : Balance(truth.Opening));
        (statement.Closing?.Amount.Amount).ShouldBe(truth.ClosingType is "CLAV" ? null : Balance(truth.Closing));
        if (truth.Currency is { } currency)
            statement.AccountCurrency?.Code.ShouldBe(currency);
    }

    private static decimal? Balance(string? text) => text is null ? null : Number(text);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private sealed record StatementCounts(
        string Kind,
        string Id,
        string Account,
        int Entries,
        int Details,
        int EntriesWithSeveral,
        decimal Credits,
        decimal Debits,
        int Reversals,
        int Booked);
}
