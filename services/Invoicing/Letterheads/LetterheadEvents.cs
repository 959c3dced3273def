using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.Letterheads;

/// <summary>A picture, PNG or JPEG.</summary>
/// <param name="MediaType"><c>image/png</c> or <c>image/jpeg</c>.</param>
/// <param name="Content">Its bytes; base64 in JSON.</param>
public sealed record Logo(string MediaType, byte[] Content)
{
    /// <summary>Pictures are equal when their bytes are.</summary>
    public bool Equals(Logo? other) =>
        other is not null && MediaType == other.MediaType && Content.AsSpan().SequenceEqual(other.Content);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MediaType, Content.Length);

    /// <summary>As part of a page: <c>data:image/png;base64,…</c>.</summary>
    public string DataUri() => $"data:{MediaType};base64,{Convert.ToBase64String(Content)}";
}

/// <summary>What stands on the documents of a legal entity was defined; the whole of it as it is now.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Name">Registered name as on paper.</param>
/// <param name="Address">Its seat.</param>
/// <param name="TaxId">VAT or tax number with its country prefix.</param>
/// <param name="RegistrationId">Number in the company register.</param>
/// <param name="Email">Where questions go.</param>
/// <param name="Phone">E.164 number.</param>
/// <param name="ContactName">Who answers.</param>
/// <param name="BankAccount">IBAN or account number to pay to.</param>
/// <param name="BankCode">BIC or routing number.</param>
/// <param name="PaymentNote">How to pay, in a few words.</param>
/// <param name="PayLink">
/// Page on which to pay; <c>{customer}</c> in it becomes the customer's number.
/// </param>
/// <param name="Color">Of headings, such as <c>#0b5394</c>.</param>
/// <param name="Logo">At most 256 KiB.</param>
public sealed record LetterheadDefined(
    string LegalEntity, string Name, PostalAddress Address, string? TaxId = null, string? RegistrationId = null,
    string? Email = null, string? Phone = null, string? ContactName = null, string? BankAccount = null,
    string? BankCode = null, string? PaymentNote = null, string? PayLink = null, string? Color = null,
    Logo? Logo = null);
