namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>A bank account was registered or changed.</summary>
/// <param name="Code">What we call it, e.g. <c>US01-CHASE</c>.</param>
/// <param name="LegalEntity">Whose account.</param>
/// <param name="Currency">The currency it is kept in.</param>
/// <param name="ClosedOn">Its last day, where it was closed: there are no statements after it. Else null.</param>
public sealed record BankAccountDefined(
    string Code, string LegalEntity, string Currency, DateOnly? ClosedOn = null);
