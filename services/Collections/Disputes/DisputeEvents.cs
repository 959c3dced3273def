using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Disputes;

/// <summary>Where a dispute stands.</summary>
public enum DisputeStatus
{
    /// <summary>Nobody has looked into it yet.</summary>
    Open,

    /// <summary>Somebody looks into it.</summary>
    Investigating,

    /// <summary>The customer is right; a credit memo for the accepted amount is asked for.</summary>
    Accepted,

    /// <summary>The accepted amount is credited.</summary>
    Credited,

    /// <summary>The customer is wrong; it is payable again.</summary>
    Rejected,

    /// <summary>The customer dropped it.</summary>
    Withdrawn,
}

/// <summary>Why a customer says that it does not owe something.</summary>
public enum DisputeReason
{
    /// <summary>Another price was agreed.</summary>
    Price,

    /// <summary>Less came than was billed.</summary>
    Quantity,

    /// <summary>What came was not good.</summary>
    Quality,

    /// <summary>Nothing came.</summary>
    NotReceived,

    /// <summary>It was billed twice.</summary>
    Duplicate,

    /// <summary>The tax is wrong.</summary>
    Tax,

    /// <summary>Freight was not agreed so.</summary>
    Freight,

    /// <summary>Terms or a discount were not applied.</summary>
    Terms,

    /// <summary>It was sent back.</summary>
    Return,

    /// <summary>A promotion or trade allowance.</summary>
    Promotion,

    /// <summary>The purchase order is missing.</summary>
    PoMissing,

    /// <summary>An error in the document.</summary>
    Admin,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>A customer disputes an amount of an installment.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">Who disputes.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">How much.</param>
/// <param name="Reason">Why.</param>
/// <param name="Team">Who looks into it.</param>
/// <param name="DueOn">By when.</param>
/// <param name="Note">In words, or null.</param>
/// <param name="DeductionId">The allocation that fell short, where a payment did; else null.</param>
public sealed record DisputeOpened(
    string LegalEntity, Guid CustomerId, Guid InvoiceId, int Installment, Money Amount, DisputeReason Reason,
    string Team, DateOnly DueOn, string? Note, Guid? DeductionId);

/// <summary>Everything about a dispute but its history; every later event carries it as it is then.</summary>
/// <param name="Opened">How it began.</param>
/// <param name="Reason">Why, as it turned out.</param>
/// <param name="Team">Who looks into it.</param>
/// <param name="Owner">Subject of the person who does, or null.</param>
/// <param name="DueOn">By when.</param>
/// <param name="RootCause">What went wrong here, or null.</param>
/// <param name="Accepted">How much the customer is right about; zero while that is not known.</param>
/// <param name="Disputed">How much of the item is held back from collection because of it.</param>
public sealed record DisputeCase(
    DisputeOpened Opened, DisputeReason Reason, string Team, string? Owner, DateOnly DueOn, string? RootCause,
    Money Accepted, Money Disputed)
{
    /// <summary>Where it stands while nobody has decided: somebody looks into it, or nobody does.</summary>
    [JsonIgnore]
    public DisputeStatus Undecided => Owner is null ? DisputeStatus.Open : DisputeStatus.Investigating;
}

/// <summary>Somebody looks into it now.</summary>
public sealed record DisputeTaken(DisputeCase Case);

/// <summary>Reason, team, owner, day or amount are different.</summary>
public sealed record DisputeChanged(DisputeCase Case);

/// <summary>The customer is right, in full or in part; the rest is payable again.</summary>
/// <param name="Case">As it is now.</param>
/// <param name="RequestId">The request for the credit memo.</param>
/// <param name="ByPolicy">It was too small to look into.</param>
public sealed record DisputeAccepted(DisputeCase Case, Guid RequestId, bool ByPolicy);

/// <summary>The credit memo waits for approval at Invoicing.</summary>
public sealed record DisputeCreditAwaited(DisputeCase Case, string Detail);

/// <summary>The credit memo is issued.</summary>
public sealed record DisputeCredited(DisputeCase Case, Guid? CreditMemoId, string? CreditMemoNumber);

/// <summary>Invoicing does not credit it; somebody must look into it again.</summary>
public sealed record DisputeCreditRefused(DisputeCase Case, string Code, string Detail);

/// <summary>The customer is wrong; it is payable again.</summary>
public sealed record DisputeRejected(DisputeCase Case);

/// <summary>The customer dropped it, the payment that fell short was taken back, what is disputed was given up, or its
/// invoice is void.</summary>
/// <param name="Case">As it is now; null where the word came before the dispute itself.</param>
public sealed record DisputeWithdrawn(DisputeCase? Case);

/// <summary>
/// The payment that fell short was taken back while Invoicing has the request for the credit memo. What is credited
/// stays so; what is refused is withdrawn, as the item is open as a whole again.
/// </summary>
/// <param name="Case">As it was and is.</param>
public sealed record DisputeDeductionTakenBack(DisputeCase Case);

/// <summary>Its day has passed and nobody has decided.</summary>
public sealed record DisputeFellOverdue(DisputeCase Case);
