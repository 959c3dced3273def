namespace OrderToCash.Collections.Notices.Letters;

/// <summary>
/// The line of an address that names the place, in the order of its country (Universal Postal Union, Addressing
/// systems): a postal code stands before the city in most, and behind it where English is spoken.
/// </summary>
internal static class PostalPlace
{
    /// <summary>The line; empty where nothing is known.</summary>
    /// <param name="country">ISO 3166 alpha-2, or null.</param>
    /// <param name="postalCode">Or null.</param>
    /// <param name="city">Or null.</param>
    /// <param name="region">State or province as it is written there, or null.</param>
    public static string Line(string? country, string? postalCode, string? city, string? region) => country switch
    {
        "US" or "CA" or "PR" => Joined(" ", Joined(", ", city, region), postalCode),
        "AU" or "GB" or "IE" or "NZ" or "IN" => Joined(" ", city, region, postalCode),
        "MX" or "BR" => Joined(", ", Joined(" ", postalCode, city), region),
        _ => Joined(" ", postalCode, city, region),
    };

    private static string Joined(string between, params string?[] parts) =>
        string.Join(between, parts.Where(part => !string.IsNullOrWhiteSpace(part)));
}
