namespace OrderToCash.Contracts.CashApplication.V1;

/// <summary>A bank account was registered or changed.</summary>
/// <param name="Code">What we call it, e.g. <c>US01-CHASE</c>.</param>
/// <param name="LegalEntity">Whose account.</param>
/// <param name="Currency">The currency it is kept in.</param>
public sealed record BankAccountDefined(string Code, string LegalEntity, string Currency);
