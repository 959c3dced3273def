using System.Globalization;
using System.Text.Json.Nodes;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Gateway;

/// <summary>
/// The key figures of a legal entity's month in one answer, read from the reports of all four services at once. What a
/// service that is away would have told is not in it, and the service is named in <c>unavailable</c>; what the caller
/// may not read is named in <c>denied</c>. Each figure is defined, with its source, by the report it comes from.
/// </summary>
public static class KeyFigures
{
    private const string Days = "days";
    private const string Percent = "percent";
    private const string Hours = "hours";

    /// <summary>As reports by month have it.</summary>
    private const int FirstYear = 2000;

    /// <summary>
    /// The reports, where their rows are, which of these are of the whole legal entity, and what they tell.
    /// </summary>
    private static readonly Part[] Parts =
    [
        new("invoicing", "/v1/reports/dso?legalEntity={0}&from={1}&to={2}", "books", _ => true,
        [
            new("dso", Days, "dso"), new("best-possible-dso", Days, "bestPossibleDso"),
            new("countback-dso", Days, "countbackDso"), new("true-dso", Days, "trueDso"),
            new("average-days-delinquent", Days, "averageDaysDelinquent"), new("turnover", "times", "turnover"),
        ]),
        new("invoicing", "/v1/reports/bad-debt?legalEntity={0}&from={1}&to={2}", null, _ => true,
        [
            new("bad-debt-to-sales", Percent, "badDebtPercent"), new("current", Percent, "currentPercent"),
            new("overdue-more-than-90-days", Percent, "over90Percent"),
        ]),
        new("collections", "/v1/reports/collection-effectiveness?legalEntity={0}&period={3}", "rows", IsOfAll,
        [
            new("collection-effectiveness", Percent, "effectiveness"), new("cash-target-achieved", Percent, "achieved"),
            new("promises-kept", Percent, "promisesKeptPercent"), new("dispute-cycle", Days, "disputeDays"),
        ]),
        new("cash-application", "/v1/reports/match-quality?legalEntity={0}&from={1}&to={2}", "rows", _ => true,
        [
            new("straight-through-receipts", "share", "envelopeRate"),
            new("straight-through-allocations", "share", "lineRate"), new("wrong-matches", "share", "wrongMatchRate"),
        ]),
        new("credit", "/v1/reports/order-holds?legalEntity={0}&from={3}", "rows", row => row["reason"] is null,
        [
            new("order-hold-average", Hours, "averageHours"), new("order-hold-median", Hours, "medianHours"),
            new("order-holds-ended", "orders", "ended"),
        ]),
    ];

    /// <summary>One key figure.</summary>
    /// <param name="Name">Stable, e.g. <c>dso</c>.</param>
    /// <param name="Value">Null where there was nothing to divide by.</param>
    /// <param name="Unit"><c>days</c>, <c>hours</c>, <c>percent</c>, <c>share</c> (1 is all), <c>times</c> or
    /// <c>orders</c>.</param>
    /// <param name="Currency">Of what it is reckoned from, where the report has a row per currency; else null.</param>
    /// <param name="Service">Whose report it is from.</param>
    public sealed record Figure(string Name, decimal? Value, string Unit, string? Currency, string Service);

    /// <summary>The key figures of a month.</summary>
    /// <param name="Period">E.g. <c>2026-10</c>; of the present month until today (UTC).</param>
    /// <param name="Unavailable">Services that did not answer, or not so; their figures are left out.</param>
    /// <param name="Denied">Services the caller's scopes or legal entities do not reach; left out, too.</param>
    public sealed record View(
        string LegalEntity, string Period, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Unavailable,
        IReadOnlyList<string> Denied);

    internal static void MapKeyFigures(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/reports/kpis", HandleAsync)
            .RequireAuthorization()
            .RequireRateLimiting(CallerLimits.Policy)
            .WithName("GetKeyFigures")
            .WithTags("Reports")
            .WithSummary("Key figures of a legal entity and month (yyyy-MM), composed from all services")
            .Produces<View>()
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<IResult> HandleAsync(
        string legalEntity, string period, HttpContext http, IHttpClientFactory clients, TimeProvider clock,
        CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (!DateOnly.TryParseExact(
            period, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
            || first > today || first.Year < FirstYear)
        {
            return Problems.Malformed(
                "bad-period", "/period", $"period is a month from {FirstYear} on that has begun, such as 2026-10.");
        }

        var end = first.AddMonths(1).AddDays(-1);
        var last = end < today ? end : today;
        var answers = await Task.WhenAll(Parts.Select(part => clients.ReadReportAsync(
            part.Service,
            string.Format(
                CultureInfo.InvariantCulture, part.Path, Uri.EscapeDataString(legalEntity), $"{first:yyyy-MM-dd}",
                $"{last:yyyy-MM-dd}", period),
            http.Request, cancellation)));
        return Results.Ok(Compose(legalEntity, period, answers));
    }

    /// <summary>The figures out of one answer for each part.</summary>
    internal static View Compose(string legalEntity, string period, IReadOnlyList<ServiceAnswer> answers)
    {
        return new View(
            legalEntity, period,
            [.. Parts.Zip(answers).Where(one => one.Second.IsGood).SelectMany(one => one.First.Read(one.Second.Body!))],
            Services(answer => answer.IsMissing), Services(answer => answer.IsDenied));

        IReadOnlyList<string> Services(Func<ServiceAnswer, bool> match) =>
            [.. answers.Where(match).Select(answer => answer.Service).Distinct()];
    }

    private static bool IsOfAll(JsonNode row) => row["all"]?.GetValue<bool>() == true;

    /// <summary>What one field of a report tells.</summary>
    private sealed record Told(string Name, string Unit, string Field);

    /// <summary>A report of a service.</summary>
    /// <param name="Rows">Which list has its rows; null where the report itself is the one row.</param>
    /// <param name="IsWhole">Whether a row is of the whole legal entity.</param>
    private sealed record Part(
        string Service, string Path, string? Rows, Func<JsonNode, bool> IsWhole, IReadOnlyList<Told> Figures)
    {
        /// <summary>A report without a row has nothing to divide by.</summary>
        public IEnumerable<Figure> Read(JsonNode report)
        {
            IEnumerable<JsonNode> rows =
                Rows is null ? [report] : report[Rows] is JsonArray list ? list.OfType<JsonNode>() : [];
            return rows.Where(IsWhole).DefaultIfEmpty().SelectMany(row => Figures.Select(told => new Figure(
                told.Name, Number(row?[told.Field]), told.Unit, Currency(row), Service)));
        }

        private static string? Currency(JsonNode? row) =>
            row?["currency"]?.GetValue<string>() ?? row?["beginning"]?["currency"]?.GetValue<string>();

        /// <summary>Services write decimals as text and counts as numbers.</summary>
        private static decimal? Number(JsonNode? value) => value is null
            ? null
            : decimal.Parse(value.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture);
    }
}
