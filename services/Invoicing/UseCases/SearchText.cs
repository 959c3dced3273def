namespace OrderToCash.Invoicing.UseCases;

/// <summary>What callers type to search for is text, not a pattern.</summary>
internal static class SearchText
{
    /// <summary>Of <c>ilike</c>: whatever contains the text.</summary>
    public static string Pattern(string text)
    {
        var escaped = text
            .Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
        return $"%{escaped}%";
    }
}
