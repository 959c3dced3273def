namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A contact with a customer did not take place because of a rule.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Channel"><c>email</c>, <c>call</c>, <c>letter</c> or <c>meeting</c>.</param>
/// <param name="Rule"><c>quiet-hours</c>, <c>contact-cap</c>, <c>silence-after-conversation</c>, <c>opted-out</c>,
/// <c>consent-missing</c>, <c>address-failed</c>, or the kind of a hold.</param>
/// <param name="Detail">In words.</param>
/// <param name="Until">When it may be tried again; null where that depends on a person.</param>
/// <param name="NoticeId">The notice that was to go out, or null.</param>
public sealed record ContactSuppressed(
    string LegalEntity, Guid CustomerId, string Channel, string Rule, string Detail, DateTimeOffset? Until,
    Guid? NoticeId);
