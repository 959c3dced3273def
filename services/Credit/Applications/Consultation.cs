using OrderToCash.Credit.Scoring;

namespace OrderToCash.Credit.Applications;

/// <summary>How the bureau was found.</summary>
public enum ConsultationStatus
{
    /// <summary>It has a full report.</summary>
    Found,

    /// <summary>It knows the company, and too little of it.</summary>
    Thin,

    /// <summary>It does not know the company.</summary>
    NoMatch,

    /// <summary>It did not answer.</summary>
    Unavailable,

    /// <summary>There is no bureau to ask.</summary>
    NotConfigured,
}

/// <summary>What came of asking the bureau.</summary>
/// <param name="Status">How it was found.</param>
/// <param name="ReportId">The kept answer, or null.</param>
/// <param name="On">Day of the answer, or null.</param>
/// <param name="Report">What it says, or null.</param>
/// <param name="Detail">In words.</param>
public sealed record Consultation(
    ConsultationStatus Status, Guid? ReportId, DateOnly? On, BureauReport? Report, string Detail)
{
    /// <summary>An answer that is kept.</summary>
    public static Consultation Of(Bureau.BureauReportReceived answer, string how) => new(
        answer.Report is not { } report ? ConsultationStatus.NoMatch
            : report.IsThin ? ConsultationStatus.Thin
            : ConsultationStatus.Found,
        answer.ReportId, answer.On, answer.Report, $"Answer of {answer.On:yyyy-MM-dd}, {how}.");
}
