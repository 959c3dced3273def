namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// A statement of account did not arrive: it came back, or the mail server says for good that nobody is reached at its
/// address.
/// </summary>
/// <param name="StatementId">The statement.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="ContactId">Who has the address, as <c>Contact</c> names them; null where nobody has it any more, or
/// there was no identifier.</param>
/// <param name="Detail">What the mail system said, without the address.</param>
/// <param name="CustomerVersion">Version of the customer by which the contact has that address: where a newer
/// <see cref="CustomerChanged"/> is known, it may have another one by now. Null for not known.</param>
public sealed record StatementAddressFailed(
    Guid StatementId, string LegalEntity, Guid CustomerId, Guid? ContactId, string Detail,
    long? CustomerVersion = null);
