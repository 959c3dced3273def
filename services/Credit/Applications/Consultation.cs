using System.Text.Json.Serialization;
using OrderToCash.Credit.Bureau;
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
/// <param name="MatchedBy">By what the bureau knew the company; null where it does not know it.</param>
/// <param name="LacksNumbers">Nobody had told yet whether the company has numbers to ask for.</param>
public sealed record Consultation(
    ConsultationStatus Status, Guid? ReportId, DateOnly? On, BureauReport? Report, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BureauMatch? MatchedBy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool LacksNumbers = false)
{
    /// <summary>An answer that is kept.</summary>
    public static Consultation Of(BureauReportReceived answer, string how)
    {
        var from = $"Answer of {answer.On:yyyy-MM-dd}, {how}";
        if (answer.Report is not { } report)
            return new Consultation(ConsultationStatus.NoMatch, answer.ReportId, answer.On, null, $"{from}.");
        var matched = answer.MatchedBy ?? BureauMatch.Name;
        return new Consultation(
            report.IsThin ? ConsultationStatus.Thin : ConsultationStatus.Found, answer.ReportId, answer.On, report,
            $"{from}, {InWords(matched)}.", matched);
    }

    private static string InWords(BureauMatch match) => match switch
    {
        BureauMatch.RegistrationNumber => "matched by the registration number",
        BureauMatch.TaxId => "matched by the tax number",
        _ => "matched by name and country only",
    };
}
