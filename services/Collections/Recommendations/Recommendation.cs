using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Recommendations;

/// <summary>Where a recommendation stands.</summary>
public enum RecommendationStatus
{
    /// <summary>It waits for approval.</summary>
    Waiting,

    /// <summary>Approved; Invoicing has not answered yet.</summary>
    Approved,

    /// <summary>Invoicing has carried it out.</summary>
    CarriedOut,

    /// <summary>Not approved.</summary>
    Rejected,

    /// <summary>No longer needed.</summary>
    Withdrawn,

    /// <summary>Invoicing has refused it.</summary>
    Refused,

    /// <summary>It was carried out, and taken back because it was cured.</summary>
    Reversed,
}

/// <summary>Something that is recommended about a customer.</summary>
public sealed record Recommendation
{
    public static readonly Recommendation Initial = new();

    /// <summary>What; null before it is made.</summary>
    public RecommendationMade? Made { get; init; }

    /// <summary>Where it stands.</summary>
    public RecommendationStatus Status { get; init; }

    /// <summary>The last request to Invoicing; null before that.</summary>
    public Guid? RequestId { get; init; }

    public static Recommendation Evolve(Recommendation recommendation, object e) => e switch
    {
        RecommendationMade made => recommendation with { Made = made },
        RecommendationApproved approved => recommendation with
        {
            Made = approved.Made,
            Status = RecommendationStatus.Approved,
            RequestId = approved.RequestId,
        },
        RecommendationRejected => recommendation with { Status = RecommendationStatus.Rejected },
        RecommendationWithdrawn => recommendation with { Status = RecommendationStatus.Withdrawn },
        RecommendationCarriedOut => recommendation with { Status = RecommendationStatus.CarriedOut },
        RecommendationRefused => recommendation with { Status = RecommendationStatus.Refused },
        RecommendationReversed reversed => recommendation with
        {
            Status = RecommendationStatus.Reversed,
            RequestId = reversed.RequestId,
        },
        _ => recommendation,
    };
}

public static class RecommendationStream
{
    public static readonly StreamType<Recommendation> Type =
        new("recommendation", Recommendation.Initial, Recommendation.Evolve);
}
