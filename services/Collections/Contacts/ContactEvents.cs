using System.Text.Json.Serialization;
using OrderToCash.Collections.Activities;

namespace OrderToCash.Collections.Contacts;

/// <summary>Whom a contact is with, and over what.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Channel">How.</param>
/// <param name="Address">Mail address, telephone number, or in a portal the contact's identifier; null where there is
/// none, as for a letter.</param>
/// <param name="Name">Who it is, or null.</param>
public sealed record ContactPoint(
    string LegalEntity, Guid CustomerId, ContactChannel Channel, string? Address, string? Name);

/// <summary>Somebody was contacted, or it was tried; it counts towards the caps.</summary>
/// <param name="Point">Whom.</param>
/// <param name="LocalDate">The day it was for the contact.</param>
/// <param name="At">When.</param>
/// <param name="Conversation">Somebody was spoken to: it begins a time of silence.</param>
/// <param name="Consented">The contact had asked for it within seven days, so it does not count.</param>
/// <param name="NoticeId">The notice behind it, or null.</param>
/// <param name="ActivityId">The entry of the contact log behind it, or null.</param>
/// <param name="InvoiceIds">The invoices it was about, where a cap counts each; null for all that is owed.</param>
/// <param name="IsCopy">What another contact got at that moment; it counts for this contact, and for
/// the customer where the rules of contact say so.</param>
public sealed record ContactAttempted(
    ContactPoint Point, DateOnly LocalDate, DateTimeOffset At, bool Conversation, bool Consented, Guid? NoticeId,
    Guid? ActivityId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    IReadOnlyList<Guid>? InvoiceIds = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsCopy = false);

/// <summary>A contact did not take place because of a rule.</summary>
/// <param name="Point">Whom.</param>
/// <param name="Rule">See <see cref="ContactRule"/>; or the kind of the hold.</param>
/// <param name="Detail">In words.</param>
/// <param name="Until">When it may be tried again; null where that depends on a person.</param>
/// <param name="NoticeId">The notice that was to go out, or null.</param>
public sealed record ContactSuppressed(
    ContactPoint Point, string Rule, string Detail, DateTimeOffset? Until, Guid? NoticeId);

/// <summary>A contact took place that a rule would have forbidden; it became known afterwards.</summary>
/// <param name="Point">Whom.</param>
/// <param name="Rule">See <see cref="ContactRule"/>; or the kind of the hold.</param>
/// <param name="Detail">In words.</param>
/// <param name="ActivityId">The entry of the contact log.</param>
public sealed record ContactRuleBroken(ContactPoint Point, string Rule, string Detail, Guid ActivityId);

/// <summary>A contact says whether it wants to be contacted over a channel.</summary>
/// <param name="Point">Whom.</param>
/// <param name="Granted">Yes or no.</param>
/// <param name="On">The day it said so.</param>
/// <param name="Source">How it became known: <c>unsubscribe link</c>, <c>call</c>, <c>contract</c>, ….</param>
/// <param name="ByInvoicing">Invoicing has told it of the contact; nobody has asked here to be contacted.</param>
public sealed record ConsentStated(
    ContactPoint Point, bool Granted, DateOnly On, string Source, bool ByInvoicing = false);

/// <summary>What is sent to an address over a channel, mail or messages, does not arrive.</summary>
/// <param name="Point">Whom.</param>
/// <param name="Detail">What the mail server, or the provider, said.</param>
/// <param name="NoticeId">The notice that came back, or null.</param>
public sealed record AddressFailed(ContactPoint Point, string Detail, Guid? NoticeId);

/// <summary>An address is good again for a channel.</summary>
/// <param name="Point">Whom.</param>
public sealed record AddressRestored(ContactPoint Point);
