namespace OrderToCash.Contracts.Credit.V1;

/// <summary>Other payment terms, or another way of billing, were approved for a customer.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="SourceId">The request or case behind it.</param>
/// <param name="Terms">The terms from now on, e.g. <c>NET 60</c>.</param>
/// <param name="BillingSchedule">How it is billed from now on, as it was asked for; null for as before.</param>
/// <param name="Reason">Why, in words; empty where nobody gave one.</param>
/// <param name="Plan">The way of billing as a plan; null where it is in words alone.</param>
public sealed record CustomerTermsAgreed(
    Guid CustomerId, Guid SourceId, string Terms, string? BillingSchedule, string Reason,
    AgreedBillingPlan? Plan = null);
