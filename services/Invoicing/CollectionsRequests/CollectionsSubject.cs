using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CollectionsRequests;

/// <summary>Something Collections asked for was done.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="SubjectId">The dispute, plan, recommendation or notice it was for.</param>
/// <param name="Kind"><c>dispute-credit</c>, <c>reschedule</c>, <c>write-off</c>, <c>service-change</c> or
/// <c>late-fee</c>.</param>
/// <param name="Version">Version of the subject at Collections behind the request.</param>
/// <param name="DocumentId">The document it led to, or null.</param>
/// <param name="DocumentNumber">Its number, or null.</param>
/// <param name="ApplicationId">The application by which that document settled the item, or null.</param>
public sealed record CollectionsRequestCarriedOut(
    Guid RequestId, Guid SubjectId, string Kind, long Version, Guid? DocumentId, string? DocumentNumber,
    Guid? ApplicationId = null);

/// <summary>It waits for an approval.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="SubjectId">See <see cref="CollectionsRequestCarriedOut"/>.</param>
/// <param name="Kind">See <see cref="CollectionsRequestCarriedOut"/>.</param>
/// <param name="Version">Version of the subject at Collections behind the request.</param>
/// <param name="ApprovalId">The request for approval.</param>
public sealed record CollectionsRequestAwaited(
    Guid RequestId, Guid SubjectId, string Kind, long Version, Guid ApprovalId);

/// <summary>It was refused; nothing of it was done.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="SubjectId">See <see cref="CollectionsRequestCarriedOut"/>.</param>
/// <param name="Kind">See <see cref="CollectionsRequestCarriedOut"/>.</param>
/// <param name="Version">Version of the subject at Collections behind the request.</param>
/// <param name="Code">Why.</param>
/// <param name="Detail">In words.</param>
public sealed record CollectionsRequestRefused(
    Guid RequestId, Guid SubjectId, string Kind, long Version, string Code, string Detail);

/// <summary>
/// What Collections asked for about one of its disputes, plans, recommendations or notices. Each request is answered
/// once, whatever is redelivered, and one that was overtaken by a later request about the same is not done any more.
/// </summary>
public sealed record CollectionsSubject
{
    public static readonly CollectionsSubject Initial = new();

    /// <summary>Requests that are answered, or wait for an approval.</summary>
    public ImmutableHashSet<Guid> Known { get; init; } = [];

    /// <summary>Version of the subject at Collections behind the latest of them.</summary>
    public long Version { get; init; }

    public static CollectionsSubject Evolve(CollectionsSubject subject, object e) => e switch
    {
        CollectionsRequestCarriedOut done => subject.After(done.RequestId, done.Version),
        CollectionsRequestAwaited awaited => subject.After(awaited.RequestId, awaited.Version),
        CollectionsRequestRefused refused => subject.After(refused.RequestId, refused.Version),
        _ => subject,
    };

    private CollectionsSubject After(Guid requestId, long version) =>
        this with { Known = Known.Add(requestId), Version = Math.Max(Version, version) };
}

public static class CollectionsSubjectStream
{
    public static readonly StreamType<CollectionsSubject> Type =
        new("collections_subject", CollectionsSubject.Initial, CollectionsSubject.Evolve);

    public static Guid Id(Guid subjectId) => Ids.From("collections-subject", subjectId.ToString("D"));
}
