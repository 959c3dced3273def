namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// A legal entity's accounting period was closed or opened. Whoever posts for that entity dates its postings on or
/// after <paramref name="FirstOpenDay"/>; value dates and document dates stay what they are.
/// </summary>
/// <param name="LegalEntity">Whose books.</param>
/// <param name="Period">The month, e.g. <c>2026-10</c>.</param>
/// <param name="Kind"><c>soft-closed</c> (adjustments only), <c>closed</c> or <c>reopened</c>.</param>
/// <param name="ClosedThrough">Last day that takes nothing; null where nothing is closed.</param>
/// <param name="FirstOpenDay">First day that takes postings of everybody.</param>
public sealed record AccountingPeriodChanged(
    string LegalEntity, string Period, string Kind, DateOnly? ClosedThrough, DateOnly FirstOpenDay);
