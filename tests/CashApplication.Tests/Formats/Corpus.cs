using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.TestKit;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>
/// Files of several banks and libraries, with what an independent script counted in them. They are no part of the
/// repository: they lie in <c>shared/data</c> beside it, or where the environment variable OTC_DATA points.
/// </summary>
internal static class Corpus
{
    public const string Missing = "the corpus is missing: set OTC_DATA to the folder that holds ground_truth.json";

    /// <summary>The outcome of a file that can be booked.</summary>
    public const string Holds = "holds";

    private static readonly string? Folder = DataFolder.Root;

    private static readonly IReadOnlyDictionary<string, JsonElement> Truths = ReadTruths();

    /// <summary>Names of the files below these folders, or the one case that says that there are none.</summary>
    public static TheoryData<string> Files(params string[] folders) => [.. Below(folders).DefaultIfEmpty(Missing)];

    public static IEnumerable<string> Below(params string[] folders) => Truths.Keys
        .Where(file => folders.Any(folder => file.StartsWith($"{folder}/", StringComparison.Ordinal)))
        .Order(StringComparer.Ordinal);

    public static bool IsMissing(string file)
    {
        if (file == Missing)
            TestContext.Current.TestOutputHelper?.WriteLine($"Nothing was tested: {Missing}.");
        return file == Missing;
    }

    public static JsonElement Truth(string file) => Truths[file];

    public static byte[] Bytes(string file)
    {
        using var stream = Open(file);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>The file, unpacked where it is packed.</summary>
    public static Stream Open(string file)
    {
        var stream = File.OpenRead(Path.Combine(Folder!, file));
        return file.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(stream, CompressionMode.Decompress)
            : stream;
    }

    /// <summary>Files below a folder, counted or not.</summary>
    public static IEnumerable<string> OnDisk(string folder, string pattern) => Folder is null
        ? []
        : Directory.EnumerateFiles(Path.Combine(Folder, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'));

    /// <summary>Lines of tables without their headings.</summary>
    public static IEnumerable<string> Lines(string folder, string pattern) => Folder is null
        ? []
        : Directory.EnumerateFiles(Path.Combine(Folder, folder), pattern, SearchOption.AllDirectories)
            .SelectMany(path => File.ReadLines(path).Skip(1));

    /// <summary>The whole file by its detected format.</summary>
    public static BankStatementFile Read(byte[] content)
    {
        using var stream = new MemoryStream(content);
        var format = StatementFormats.Detect(content) ?? throw new StatementRefused(
            new StatementRefusal("unsupported-format", 0, "file", "The format is not told by its beginning."));
        using var reader = StatementFormats.Open(format, stream);
        return reader.ReadAll();
    }

    /// <summary>What comes of it: <c>holds</c>, or code and line of the refusal.</summary>
    public static string Outcome(Func<BankStatementFile> read)
    {
        try
        {
            return read().Statements.Select(StatementChecks.Check).FirstOrDefault(refusal => refusal is not null)
                is { } refusal
                ? Describe(refusal)
                : Holds;
        }
        catch (StatementRefused refused)
        {
            return Describe(refused.Refusal);
        }
    }

    public static string Describe(StatementRefusal refusal) => $"{refusal.Code} at {refusal.Line}";

    public static decimal Number(this JsonElement truth, string name) =>
        decimal.Parse(truth.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    public static decimal? Balance(this JsonElement truth, string name) =>
        truth.GetProperty(name) is { ValueKind: JsonValueKind.String } text
            && text.GetString() is { Length: > 0 } balance
            ? decimal.Parse(balance, CultureInfo.InvariantCulture)
            : null;

    public static int Count(this JsonElement truth, string name) => truth.GetProperty(name).GetInt32();

    public static string? Words(this JsonElement truth, string name) => truth.GetProperty(name).GetString();

    private static Dictionary<string, JsonElement> ReadTruths()
    {
        if (Folder is null)
            return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "ground_truth.json")));
        return json.RootElement.EnumerateObject()
            .ToDictionary(file => file.Name, file => file.Value.Clone(), StringComparer.Ordinal);
    }
}
