using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Which legal entities a list may show.</summary>
internal static class CallerEntities
{
    /// <summary>
    /// Codes to filter by, or null when the caller may see all: <c>@entities is null or … = any(@entities)</c>.
    /// </summary>
    public static string[]? EntityFilter(this Caller caller) =>
        caller.Entities.Contains(Caller.AllEntities) ? null : [.. caller.Entities];
}
