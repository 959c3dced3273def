namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// Mail to an address of a customer does not arrive, or does again. The last word on an address counts, by the version
/// of the message.
/// </summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Address">Mail address.</param>
/// <param name="Failed">True where mail does not arrive.</param>
public sealed record MailAddressChanged(string LegalEntity, Guid CustomerId, string Address, bool Failed);
