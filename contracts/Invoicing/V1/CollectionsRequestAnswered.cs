namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// What became of something that Collections asked for: <c>DisputeCreditRequested</c> and the like. It may come twice
/// for a request that had to wait for an approval; the last one counts.
/// </summary>
/// <param name="RequestId">The request.</param>
/// <param name="SubjectId">The dispute, plan, recommendation or notice it was for.</param>
/// <param name="Kind"><c>dispute-credit</c>, <c>reschedule</c>, <c>write-off</c>, <c>service-change</c> or
/// <c>late-fee</c>.</param>
/// <param name="Outcome"><c>carried-out</c>, <c>waiting</c> for an approval, or <c>refused</c>.</param>
/// <param name="Code">Why it was refused; null otherwise.</param>
/// <param name="Detail">In words; null where it is carried out.</param>
/// <param name="DocumentId">The document it led to, or null.</param>
/// <param name="DocumentNumber">Its number, or null.</param>
/// <param name="ApplicationId">The application by which that document settled the item: the <c>SourceId</c> of the
/// <see cref="OpenItemsChanged"/> that says so. Null where it settled none, or it is not known.</param>
public sealed record CollectionsRequestAnswered(
    Guid RequestId, Guid SubjectId, string Kind, string Outcome, string? Code, string? Detail, Guid? DocumentId,
    string? DocumentNumber, Guid? ApplicationId = null);
