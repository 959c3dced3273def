namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A contact took place that a rule would have forbidden; it became known afterwards.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Channel"><c>email</c>, <c>call</c>, <c>letter</c> or <c>meeting</c>.</param>
/// <param name="Rule">See ContactSuppressed.</param>
/// <param name="Detail">In words.</param>
/// <param name="ActivityId">The entry of the contact log.</param>
public sealed record ContactRuleBroken(
    string LegalEntity, Guid CustomerId, string Channel, string Rule, string Detail, Guid ActivityId);
