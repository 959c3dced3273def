using System.Text.Json;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>The camt files of the corpus.</summary>
internal static class CamtCorpus
{
    public const string Missing = Corpus.Missing;

    private static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>Names of the files, or the one case that says that there are none.</summary>
    public static TheoryData<string> Files => Corpus.Files("camt");

    public static IEnumerable<string> Found => Corpus.Below("camt");

    public static bool IsMissing(string file) => Corpus.IsMissing(file);

    public static FileTruth Truth(string file) => Corpus.Truth(file).Deserialize<FileTruth>(Names)!;

    public static byte[] Bytes(string file) => Corpus.Bytes(file);

    public static IEnumerable<string> FilesOnDisk() => Corpus.OnDisk("camt", "*.xml");

    /// <summary>Lines of the tables of one kind of reference, without their headings.</summary>
    public static IEnumerable<string> References(string table) => Corpus.Lines("references", table);
}

/// <summary>What the script counted in one file.</summary>
internal sealed record FileTruth(string Namespace, IReadOnlyList<StatementTruth> Statements);

/// <summary>What the script counted in one statement; amounts are as text, signed.</summary>
internal sealed record StatementTruth(
    string Kind,
    string Id,
    string? Account,
    string? Currency,
    string? Opening,
    string? OpeningType,
    string? Closing,
    string? ClosingType,
    int Entries,
    int TxDetails,
    int EntriesWithSeveralTx,
    int UnreadableAmounts,
    string Credits,
    string Debits,
    IReadOnlyDictionary<string, int> Status,
    int ReversalFlags,
    int EntriesWhoseTxDoNotAddUp,
    bool? BalancesTie);
