namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// What stands on the documents of a legal entity was defined; the whole of it as it is now, but for the picture.
/// </summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Name">Registered name as on paper.</param>
/// <param name="Address">Its seat.</param>
/// <param name="TaxId">VAT or tax number with its country prefix, or null.</param>
/// <param name="RegistrationId">Number in the company register, or null.</param>
/// <param name="Email">Where questions go, or null.</param>
/// <param name="Phone">E.164 number, or null.</param>
/// <param name="ContactName">Who answers, or null.</param>
/// <param name="BankAccount">IBAN or account number to pay to, or null.</param>
/// <param name="BankCode">BIC or routing number, or null.</param>
/// <param name="PaymentNote">How to pay, in a few words; or null.</param>
/// <param name="PayLink">Page on which to pay; <c>{customer}</c> in it becomes the customer's number. Or null.</param>
/// <param name="Color">Of headings, such as <c>#0b5394</c>; or null.</param>
public sealed record LetterheadDefined(
    string LegalEntity, string Name, PostalAddress Address, string? TaxId, string? RegistrationId, string? Email,
    string? Phone, string? ContactName, string? BankAccount, string? BankCode, string? PaymentNote, string? PayLink,
    string? Color);
