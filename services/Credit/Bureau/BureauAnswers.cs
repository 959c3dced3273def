using System.Globalization;
using System.Text.Json;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;

namespace OrderToCash.Credit.Bureau;

/// <summary>
/// Reads a report in the shape of D&amp;B's data blocks. What is absent is not known; a score of zero says that there
/// is none, which is how records of bankrupt and discontinued companies come.
/// </summary>
public static class BureauAnswers
{
    private const string Inactive = "Out Of Business";

    /// <summary>
    /// The report; throws a <see cref="JsonException"/>, <see cref="InvalidOperationException"/>,
    /// <see cref="FormatException"/> or <see cref="KeyNotFoundException"/> where it is none.
    /// </summary>
    public static BureauReport Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var organization = document.RootElement.GetProperty("organization");
        var assessment = At(organization, "dnbAssessment");
        var recommended = At(At(assessment, "creditLimitRecommendation"), "maximumRecommendedLimit");
        return new BureauReport(
            organization.GetProperty("duns").GetString() ?? throw new JsonException("A report without a number."),
            At(organization, "primaryName")?.GetString() ?? "",
            Score(At(At(assessment, "failureScore"), "nationalPercentile"), 1, 100),
            Score(At(At(assessment, "delinquencyScore"), "rawScore"), 101, 670),
            Score(Paydex(organization), 1, 100),
            At(recommended, "value")?.GetDecimal(),
            At(recommended, "currency")?.GetString(),
            Year(At(organization, "startDate")?.GetString()),
            Findings(organization));
    }

    private static List<string> Findings(JsonElement organization)
    {
        var findings = new List<string>();
        var events = At(organization, "legalEvents");
        if (Bankruptcy(events) is { } bankruptcy)
            findings.Add(bankruptcy);
        if (At(At(organization, "dunsControlStatus"), "operatingStatus") is { } status
            && At(status, "description")?.GetString() == Inactive)
            findings.Add("out-of-business");
        if (IsTrue(At(events, "hasSanctions")))
            findings.Add("sanctions");
        if (IsTrue(At(events, "hasFraud")))
            findings.Add("fraud");
        return findings;
    }

    /// <summary>One that is over is another finding; where nobody says whether it is, it is not.</summary>
    private static string? Bankruptcy(JsonElement? events)
    {
        var (open, ever) = (At(events, "hasOpenBankruptcy"), IsTrue(At(events, "hasBankruptcy")));
        return IsTrue(open) || (open is null && ever) ? FindingCodes.Bankruptcy
            : ever ? FindingCodes.PastBankruptcy
            : null;
    }

    private static JsonElement? Paydex(JsonElement organization) =>
        At(organization, "businessTrading") is { ValueKind: JsonValueKind.Array } trading
        && trading.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first
        && At(first, "summary") is { ValueKind: JsonValueKind.Array } summary
        && summary.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } latest
            ? At(latest, "paydexScore")
            : null;

    /// <summary>Null for what is outside its range, zero first of all.</summary>
    private static int? Score(JsonElement? value, int least, int most) =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var score)
        && score >= least && score <= most
            ? score
            : null;

    private static int? Year(string? date) =>
        date is { Length: >= 4 } && int.TryParse(
            date.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            ? year
            : null;

    private static bool IsTrue(JsonElement? value) => value is { ValueKind: JsonValueKind.True };

    private static JsonElement? At(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
}
