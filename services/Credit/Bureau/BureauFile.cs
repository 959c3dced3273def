using System.Text.Json.Serialization;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Bureau;

/// <summary>A bureau answered.</summary>
/// <param name="ReportId">This answer.</param>
/// <param name="CustomerId">About whom it was asked.</param>
/// <param name="LegalEntity">That of the customer.</param>
/// <param name="On">The day, in its calendar.</param>
/// <param name="Report">What it says; null where it does not know the company.</param>
/// <param name="Raw">The answer as it came.</param>
/// <param name="Name">The name that was asked for; null in events from before it was kept.</param>
/// <param name="Country">The country that was asked for; null in events from before it was kept.</param>
/// <param name="RegistrationNumber">The number in the company register that was asked for; null where none was known.
/// </param>
/// <param name="TaxId">The VAT or tax number that was asked for; null where none was known.</param>
/// <param name="MatchedBy">By what the bureau knew the company; null where it does not know it, and in events from
/// before numbers were asked for, when it was by name and country.</param>
public sealed record BureauReportReceived(
    Guid ReportId, Guid CustomerId, string LegalEntity, DateOnly On, BureauReport? Report, string Raw,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Country = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RegistrationNumber = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TaxId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BureauMatch? MatchedBy = null)
{
    /// <summary>True where it is about the company as it is known now, and not under another name or number.</summary>
    public bool IsAbout(Company company) =>
        (Name ?? company.Name) == company.Name && (Country ?? company.Country) == company.Country
        && (RegistrationNumber, TaxId) == (company.RegistrationNumber, company.TaxId);
}

/// <summary>What bureaus have said of a customer.</summary>
public sealed record BureauFile
{
    /// <summary>The state before the first event.</summary>
    public static readonly BureauFile Initial = new();

    /// <summary>The newest answer, without its raw text; null before the first.</summary>
    public BureauReportReceived? Last { get; private init; }

    /// <summary>State and event in, next state out.</summary>
    public static BureauFile Evolve(BureauFile file, object e) => e switch
    {
        BureauReportReceived received => file with { Last = received with { Raw = "" } },
        _ => throw new InvalidOperationException($"A bureau file has no event {e.GetType().Name}."),
    };
}

/// <summary>One stream per customer.</summary>
public static class BureauStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<BureauFile> Type = new("bureau_file", BureauFile.Initial, BureauFile.Evolve);

    /// <summary>The stream of a customer.</summary>
    public static Guid Id(Guid customerId) => Ids.From("bureau-file", customerId.ToString("N"));
}
