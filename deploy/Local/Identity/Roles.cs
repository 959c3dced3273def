namespace OrderToCash.Local.Identity;

/// <summary>The people of the day and what their tokens may do; an identity provider would hold this list.</summary>
internal static class Roles
{
    private const string Reads = "invoicing:read cash:read collections:read credit:read";
    private const string Writes = "invoicing:write cash:write collections:write credit:write";

    /// <summary>Role names and their scopes, space-separated.</summary>
    public static readonly IReadOnlyDictionary<string, string> Scopes =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["controller"] = $"{Reads} {Writes} invoicing:books approvals:decide",
            ["ar-specialist"] = "invoicing:read invoicing:write cash:read cash:write collections:read credit:read",
            ["collector"] = "invoicing:read cash:read collections:read collections:write credit:read",
            ["credit-analyst"] = "invoicing:read cash:read collections:read credit:read credit:write",
            ["order-management"] = "credit:orders invoicing:read invoicing:write",
            ["auditor"] = Reads,
            ["operator"] = $"{Reads} admin",
        };
}
