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
    public void Every_file_is_booked_or_refused_for_what_is_wrong_with_it(string file)
    {
        if (CamtCorpus.IsMissing(file))
            return;
        Outcome(file).ShouldBe(ExpectedOutcome(file, CamtCorpus.Truth(file)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_second_reading_has_the_same_fingerprint_and_different_keys_for_every_entry(string file)
    {
        if (CamtCorpus.IsMissing(file) || Unreadable(CamtCorpus.Truth(file)) is not null)
            return;
        foreach (var (first, second) in Read(file).Statements.Zip(Read(file).Statements))
        {
            StatementFingerprint.Of(second).ShouldBe(StatementFingerprint.Of(first));
            using var fingerprint = new StatementFingerprint(first);
            first.Entries.Select(fingerprint.Add).ShouldBeUnique();
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

    /// <summary>Consecutive days of one bank: each account goes on where it ended the day before.</summary>
    [Fact]
    public void Consecutive_days_continue_each_account_and_a_repeated_day_is_a_duplicate()
    {
        var imported = new Dictionary<string, List<ImportedStatement>>(StringComparer.Ordinal);
        var days = CamtCorpus.Found
            .Where(file => file.Contains("_053/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        foreach (var statement in days.SelectMany(day => Read(day).Statements))
        {
            if (!imported.TryGetValue(statement.AccountIdentification, out var history))
                imported[statement.AccountIdentification] = history = [];
            var hash = StatementFingerprint.Of(statement);
            StatementContinuity.Judge(statement, hash, SameId(history, statement), history.LastOrDefault())
                .ShouldBe(new StatementContinuity(IsDuplicate: false, Refusal: null), statement.StatementId);
            history.Add(new ImportedStatement(
                statement.StatementId, statement.SequenceNumber, hash, statement.Closing?.Amount, statement.LastDay));
            StatementContinuity.Judge(statement, hash, SameId(history, statement), history[^1])
                .IsDuplicate.ShouldBeTrue();
        }

        var statements = imported.Values.Sum(history => history.Count);
        output.WriteLine($"{days.Count} days, {imported.Count} accounts, {statements} statements.");
        imported.Count.ShouldBe(days.Count == 0 ? 0 : 2);
    }

    private static ImportedStatement? SameId(List<ImportedStatement> history, BankStatement statement) =>
        history.Find(known => known.StatementId == statement.StatementId
            && known.SequenceNumber == statement.SequenceNumber);

    private static BankStatementFile Read(string file)
    {
        using var stream = new MemoryStream(CamtCorpus.Bytes(file));
        return CamtReader.Read(stream);
    }

    private static string Outcome(string file)
    {
        try
        {
            return StatementChecks.Check(Read(file))?.Code ?? "booked";
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
        _ when truth.Statements[0].Kind != "Stmt" => StatementRefusals.UnsupportedStatementType,
        _ when truth.Statements.Any(statement => statement.BalancesTie == false) => StatementRefusals.DoesNotBalance,
        _ => OtherFaults.GetValueOrDefault(file, "booked"),
    };

    private static string FormatOf(FileTruth truth) => truth.Namespace.Length == 0
        ? "camt.053"
        : truth.Namespace[(truth.Namespace.LastIndexOf(':') + 1)..];

    /// <summary>The script does not know the account element of version 1; there what was read stands.</summary>
    private static StatementCounts Describe(StatementTruth truth, BankStatement read) => new(
        truth.Kind, truth.Id, truth.Account ?? read.AccountIdentification,
        truth.Entries, truth.TxDetails, truth.EntriesWithSeveralTx, Number(truth.Credits), Number(truth.Debits), truth.ReversalFlags,
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

    /// <summary>Only booked balances are read; the script also took available ones where there were no booked ones.</summary>
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
