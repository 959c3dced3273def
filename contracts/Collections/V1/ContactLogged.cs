namespace OrderToCash.Contracts.Collections.V1;

/// <summary>Somebody was in touch with a customer, or tried to be.</summary>
/// <param name="ActivityId">The entry of the contact log.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Channel"><c>email</c>, <c>call</c>, <c>letter</c>, <c>meeting</c>, <c>note</c>, <c>sms</c>,
/// <c>whatsapp</c> or <c>portal</c>.</param>
/// <param name="Outcome">E.g. <c>spoke</c>, <c>no-answer</c>, <c>sent</c>, <c>failed</c>.</param>
/// <param name="Summary">In words.</param>
public sealed record ContactLogged(Guid ActivityId, Guid CustomerId, string Channel, string Outcome, string Summary);
