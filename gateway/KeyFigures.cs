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
    private const string Amount = "amount";

    /// <summary>As reports by month have it.</summary>
    private const int FirstYear = 2000;

    /// <summary>
    /// The reports, where their rows are, which of these are of the whole legal entity and month, and what they tell.
    /// In a path: {0} the legal entity, {1} and {2} the first and last day, {3} the month, {4} the day before it.
    /// </summary>
    private static readonly Part[] Parts =
    [
        new("invoicing", "/v1/reports/dso?legalEntity={0}&from={1}&to={2}", RowsOf("books"),
        [
            new("dso", Days, "dso"), new("best-possible-dso", Days, "bestPossibleDso"),
            new("countback-dso", Days, "countbackDso"), new("true-dso", Days, "trueDso"),
            new("average-days-delinquent", Days, "averageDaysDelinquent"), new("turnover", "times", "turnover"),
        ]),
        new("invoicing", "/v1/reports/bad-debt?legalEntity={0}&from={1}&to={2}", report => [report],
        [
            new("bad-debt-to-sales", Percent, "badDebtPercent"), new("current", Percent, "currentPercent"),
            new("overdue-more-than-90-days", Percent, "over90Percent"),
        ]),
        new("invoicing", "/v1/reports/unapplied-cash?legalEntity={0}&asOf={2}&totals=true", RowsOf("totals"),
        [
            new("unapplied-cash", Amount, "total", "unapplied"),
            new("unapplied-cash-age", Days, "averageDays", "unapplied"),
            new("unidentified-cash", Amount, "total", "unidentified"),
            new("unidentified-cash-age", Days, "averageDays", "unidentified"),
        ]),
        new("collections", "/v1/reports/collection-effectiveness?legalEntity={0}&period={3}", RowsOf("rows", IsOfAll),
        [
            new("collection-effectiveness", Percent, "effectiveness"), new("cash-target", Amount, "target.amount"),
            new("cash-target-achieved", Percent, "achieved"), new("promises-kept", Percent, "promisesKeptPercent"),
            new("dispute-cycle", Days, "disputeDays"),
        ]),
        new("collections", "/v1/collections/forecasts/scores?legalEntity={0}&from={4}&to={2}&through={2}",
            FirstForecasts,
        [
            new("cash-forecast-error", Percent, "score.mape"), new("cash-forecast-bias", Percent, "score.bias"),
        ]),
        new("cash-application", "/v1/reports/match-quality?legalEntity={0}&from={1}&to={2}", RowsOf("rows"),
        [
            new("straight-through-receipts", "share", "envelopeRate"),
            new("straight-through-allocations", "share", "lineRate"), new("wrong-matches", "share", "wrongMatchRate"),
        ]),
        new("credit", "/v1/reports/order-holds?legalEntity={0}&from={3}",
            RowsOf("rows", row => row["reason"] is null),
        [
            new("order-hold-average", Hours, "averageHours"), new("order-hold-median", Hours, "medianHours"),
            new("order-holds-ended", "orders", "ended"),
        ]),
    ];

    /// <summary>One key figure.</summary>
    /// <param name="Name">Stable, e.g. <c>dso</c>.</param>
    /// <param name="Value">Null where there was nothing to divide by, or nothing to tell of.</param>
    /// <param name="Unit"><c>days</c>, <c>hours</c>, <c>percent</c>, <c>share</c> (1 is all), <c>times</c>,
    /// <c>orders</c> or <c>amount</c> (major units of the currency).</param>
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
                $"{last:yyyy-MM-dd}", period, $"{first.AddDays(-1):yyyy-MM-dd}"),
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

    /// <summary>The rows of a list of the report.</summary>
    private static Func<JsonNode, IEnumerable<JsonNode>> RowsOf(string list, Func<JsonNode, bool>? isWhole = null) =>
        report => report[list] is JsonArray rows
            ? rows.OfType<JsonNode>().Where(row => isWhole is null || isWhole(row))
            : [];

    /// <summary>
    /// Of each currency the forecast that looked at the whole month from the day before it began, else the first one
    /// after; the list has the latest first.
    /// </summary>
    private static IEnumerable<JsonNode> FirstForecasts(JsonNode scores) =>
        RowsOf("items", row => row["grain"]?.GetValue<string>() == "month")(scores)
            .Reverse()
            .DistinctBy(row => row["currency"]?.GetValue<string>())
            .OrderBy(row => row["currency"]?.GetValue<string>(), StringComparer.Ordinal);

    /// <summary>What one field of a report tells.</summary>
    /// <param name="Field">Its name, with dots where it is in an object.</param>
    /// <param name="Kind">Of rows of this kind only; null where the rows of the report have no kinds.</param>
    private sealed record Told(string Name, string Unit, string Field, string? Kind = null)
    {
        public bool IsOf(JsonNode? row) => Kind is null || row is null || row["kind"]?.GetValue<string>() == Kind;

        /// <summary>Services write decimals as text and counts as numbers.</summary>
        public decimal? Read(JsonNode? row) =>
            Field.Split('.').Aggregate(row, (node, name) => node?[name]) is { } value
                ? decimal.Parse(value.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture)
                : null;
    }

    /// <summary>A report of a service.</summary>
    /// <param name="Rows">Its rows that are of the whole legal entity.</param>
    private sealed record Part(
        string Service, string Path, Func<JsonNode, IEnumerable<JsonNode>> Rows, IReadOnlyList<Told> Figures)
    {
        /// <summary>A report without a row, or without one of a kind, has nothing to tell of.</summary>
        public IEnumerable<Figure> Read(JsonNode report)
        {
            JsonNode?[] rows = [.. Rows(report).DefaultIfEmpty()];
            return
            [
                .. from row in rows from told in Figures where told.IsOf(row) select Tell(told, row),
                .. from told in Figures where !rows.Any(told.IsOf) select Tell(told, null),
            ];
        }

        private Figure Tell(Told told, JsonNode? row) =>
            new(told.Name, told.Read(row), told.Unit, Currency(row), Service);

        private static string? Currency(JsonNode? row) =>
            row?["currency"]?.GetValue<string>() ?? row?["beginning"]?["currency"]?.GetValue<string>();
    }
}
