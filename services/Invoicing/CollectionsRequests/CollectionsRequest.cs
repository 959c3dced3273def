using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CollectionsRequests;

/// <summary>Something Collections asks for; stored with a request for approval where it must wait for one.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="SubjectId">The dispute, plan, recommendation or notice it is for.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Version">Version of the subject at Collections behind it.</param>
public sealed record CollectionsRequest(Guid RequestId, Guid SubjectId, string Kind, long Version)
{
    public const string DisputeCredit = "dispute-credit";
    public const string Reschedule = "reschedule";
    public const string WriteOff = "write-off";
    public const string ServiceChange = "service-change";
    public const string LateFee = "late-fee";

    /// <summary>It is done.</summary>
    public object CarriedOut(Guid? documentId = null, string? number = null, Guid? applicationId = null) =>
        new CollectionsRequestCarriedOut(RequestId, SubjectId, Kind, Version, documentId, number, applicationId);

    /// <summary>It waits.</summary>
    public object Awaited(Guid approvalId) =>
        new CollectionsRequestAwaited(RequestId, SubjectId, Kind, Version, approvalId);

    /// <summary>It is refused.</summary>
    public object Refused(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new CollectionsRequestRefused(RequestId, SubjectId, Kind, Version, refusal.Code, refusal.Detail);
    }

    /// <summary>A later request about the same came first.</summary>
    public object Overtaken() => Refused(Refusal.State("overtaken", "A later request about the same was done before."));
}
