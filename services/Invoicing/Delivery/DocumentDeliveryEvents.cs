using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Statements;

namespace OrderToCash.Invoicing.Delivery;

/// <summary>What is delivered.</summary>
public enum DeliveredDocument
{
    /// <summary>An invoice, debit memo or deposit.</summary>
    Invoice,
    CreditMemo,
}

/// <summary>A document is to be mailed to a contact.</summary>
/// <param name="DocumentId">The invoice or credit memo.</param>
/// <param name="Number">What people call it.</param>
/// <param name="CustomerId">Whose contact it goes to: who is billed in place of a duplicate.</param>
/// <param name="ContactId">Who gets it; null where nobody does, so that somebody sees it.</param>
public sealed record DocumentMailQueued(
    Guid DocumentId, DeliveredDocument Document, string Number, string LegalEntity, Guid CustomerId, Guid? ContactId);

/// <summary>The mail server has taken it.</summary>
/// <param name="Language">The language that the document and the letter are in.</param>
/// <param name="PdfSha256">Of the file as it is kept, in hexadecimal digits.</param>
public sealed record DocumentMailSent(string Language, string PdfSha256);

/// <summary>It was not sent.</summary>
/// <param name="Reason">Why not; it does not name the person.</param>
/// <param name="RetryAt">From when on it is tried again by itself; null for never.</param>
public sealed record DocumentMailFailed(
    string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? RetryAt = null);

/// <summary>It is to be mailed once more: the same document, to the address that the contact has by then.</summary>
public sealed record DocumentMailSendAgain;

/// <summary>The mail system told what became of it.</summary>
/// <param name="At">When that was.</param>
/// <param name="Detail">In the mail system's words.</param>
public sealed record DocumentDeliveryReported(DeliveryState State, DateTimeOffset At, string? Detail);
