namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>Where post goes, besides name and country; each line has 1 to 200 characters.</summary>
/// <param name="Street">Street and number, or null.</param>
/// <param name="Additional">Building, floor, department; or null.</param>
/// <param name="City">City, or null.</param>
/// <param name="PostalCode">Postal code, or null.</param>
/// <param name="Region">State or province, or null.</param>
public sealed record PostalAddress(
    string? Street, string? Additional, string? City, string? PostalCode, string? Region);
