namespace OrderToCash.Contracts.Collections.V1;

/// <summary>
/// Somebody at a customer has said whether they want to be contacted over a channel. The last word on an address and
/// channel counts, by the version of the message.
/// </summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Channel"><c>email</c>, <c>call</c>, <c>letter</c> or <c>meeting</c>.</param>
/// <param name="Address">Mail address or telephone number.</param>
/// <param name="Granted">Yes or no.</param>
/// <param name="On">The day they said so, in the entity's calendar.</param>
public sealed record ContactConsentStated(
    string LegalEntity, Guid CustomerId, string Channel, string Address, bool Granted, DateOnly On);
