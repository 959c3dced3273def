using System.Text.Json;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.EInvoices;

/// <summary>
/// Electronic invoices of several makers, with what an independent script counted in them. They are no part of the
/// repository: they lie in <c>shared/data</c> beside it, or where the environment variable OTC_DATA points.
/// </summary>
internal static class EInvoiceCorpus
{
    public const string Missing = DataFolder.Missing;

    private static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private static readonly string? Folder = DataFolder.Root;

    private static readonly IReadOnlyDictionary<string, EInvoiceTruth> Truths = ReadTruths();

    /// <summary>Names of the files of a folder, or the one case that says that there are none.</summary>
    public static TheoryData<string> Files(params string[] folders) => [.. Truths.Keys
        .Where(name => folders.Any(folder => name.StartsWith($"{folder}/", StringComparison.Ordinal)))
        .DefaultIfEmpty(Missing)];

    /// <summary>True where there are no files: then the run is told so, with each case that tested nothing.</summary>
    public static bool IsMissing(string file)
    {
        if (file != Missing)
            return false;
        TestContext.Current.AddWarning(Missing);
        TestContext.Current.TestOutputHelper?.WriteLine(Missing);
        return true;
    }

    public static EInvoiceTruth Truth(string file) => Truths[file];

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder!, file));

    private static Dictionary<string, EInvoiceTruth> ReadTruths()
    {
        if (Folder is null)
            return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "ground_truth.json")));
        return json.RootElement.EnumerateObject()
            .Where(file => file.Name.StartsWith("einvoice-", StringComparison.Ordinal))
            .ToDictionary(
                file => file.Name, file => file.Value.Deserialize<EInvoiceTruth>(Names)!, StringComparer.Ordinal);
    }
}

/// <summary>What the script counted in one file; amounts are as text.</summary>
internal sealed record EInvoiceTruth(
    string? Number, string? Type, string? Currency, int Lines, string? LineTotal, string? Allowances, string? Charges,
    string? TaxExclusive, IReadOnlyList<string> Tax, string? TaxInclusive, string? Prepaid, string? Rounding,
    string? Payable);
