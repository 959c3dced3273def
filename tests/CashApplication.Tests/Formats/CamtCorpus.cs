using System.Text.Json;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>
/// Statement files of several banks and libraries, with what an independent script counted in them. They are no part of
/// the repository: they lie in <c>shared/data</c> beside it, or where the environment variable OTC_DATA points.
/// </summary>
internal static class CamtCorpus
{
    public const string Missing = "the corpus is missing: set OTC_DATA to the folder that holds ground_truth.json";

    private static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private static readonly string? Folder = Find();

    private static readonly IReadOnlyDictionary<string, FileTruth> Truths = ReadTruths();

    /// <summary>Names of the files, or the one case that says that there are none.</summary>
    public static TheoryData<string> Files => [.. Truths.Keys.DefaultIfEmpty(Missing)];

    public static IEnumerable<string> Found => Truths.Keys;

    public static bool IsMissing(string file)
    {
        if (file == Missing)
            TestContext.Current.TestOutputHelper?.WriteLine($"Nothing was tested: {Missing}.");
        return file == Missing;
    }

    public static FileTruth Truth(string file) => Truths[file];

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder!, file));

    public static IEnumerable<string> FilesOnDisk() => Folder is null
        ? []
        : Directory.EnumerateFiles(Path.Combine(Folder, "camt"), "*.xml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'));

    /// <summary>Lines of the tables of one kind of reference, without their headings.</summary>
    public static IEnumerable<string> References(string table) => Folder is null
        ? []
        : Directory.EnumerateFiles(Path.Combine(Folder, "references"), table, SearchOption.AllDirectories)
            .SelectMany(path => File.ReadLines(path).Skip(1));

    private static Dictionary<string, FileTruth> ReadTruths()
    {
        if (Folder is null)
            return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "ground_truth.json")));
        return json.RootElement.EnumerateObject()
            .Where(file => file.Name.StartsWith("camt/", StringComparison.Ordinal))
            .ToDictionary(file => file.Name, file => file.Value.Deserialize<FileTruth>(Names)!, StringComparer.Ordinal);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("OTC_DATA") is { Length: > 0 } named)
            return File.Exists(Path.Combine(named, "ground_truth.json")) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "shared", "data");
            if (File.Exists(Path.Combine(beside, "ground_truth.json")))
                return beside;
        }

        return null;
    }
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
