using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Statement runs and how far they are.</summary>
public static class ReadStatementRuns
{
    private static readonly SortOrder<StatementRunView> Order =
        new SortOrder<StatementRunView>("r.run_id", row => row.Id, standard: "-startedAt")
            .By("startedAt", "r.started_at", row => row.StartedAt)
            .By("to", "r.to_date", row => row.To);

    private const string Select =
        "select r.run_id, r.legal_entity, r.cycle, r.from_date, r.to_date, r.known_at, r.pdf, r.started_at, " +
        "r.started_by, r.finished_at, r.made, r.made_before, r.nothing, r.failed, " +
        "(select coalesce(jsonb_object_agg(s.status, s.count), '{}') from (select status, count(*) as count " +
        "from statements where run_id = r.run_id group by status) s)::text as by_status from statement_runs r " +
        "where (@entities::text[] is null or r.legal_entity = any(@entities))";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/statement-runs", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<StatementRunView>>().WithSummary("Statement runs");
        routes.MapGet("/statement-runs/{id:guid}", GetAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<StatementRunView>().WithSummary("One statement run");
    }

    private static async Task<IResult> GetAsync(
        Guid id, Caller caller, EventStore store, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"{Select} and r.run_id = @id", new { id, entities = caller.EntityFilter() },
            cancellationToken: cancellation));
        return row is null
            ? Problems.From(Refusal.NotFound("statement run", id))
            : Reply.Ok(row.View);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, CancellationToken cancellation,
        string? legalEntity = null)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("entities", caller.EntityFilter(legalEntity));
        parameters.Add("legalEntity", legalEntity);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"{Select} and (@legalEntity::text is null or r.legal_entity = @legalEntity) and {page.Where} " +
            $"order by {page.OrderBy} limit {page.Limit}", parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.View)]));
    }

    private sealed class Row
    {
        public Guid RunId { get; init; }
        public required string LegalEntity { get; init; }
        public required string Cycle { get; init; }
        public DateOnly FromDate { get; init; }
        public DateOnly ToDate { get; init; }
        public DateTime KnownAt { get; init; }
        public bool Pdf { get; init; }
        public DateTime StartedAt { get; init; }
        public required string StartedBy { get; init; }
        public DateTime? FinishedAt { get; init; }
        public int? Made { get; init; }
        public int? MadeBefore { get; init; }
        public int? Nothing { get; init; }
        public int? Failed { get; init; }
        public required string ByStatus { get; init; }

        public StatementRunView View => new(
            RunId, LegalEntity, Enum.Parse<StatementCycle>(Cycle), FromDate, ToDate, new DateTimeOffset(KnownAt), Pdf,
            new DateTimeOffset(StartedAt), StartedBy,
            FinishedAt is { } finished ? new DateTimeOffset(finished) : null, Made, MadeBefore, Nothing, Failed,
            StatementCounts.Read(ByStatus));
    }
}

/// <summary>Counts per status, under the names that the API gives them.</summary>
internal static class StatementCounts
{
    public static IReadOnlyDictionary<string, int> Read(string json) =>
        System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, int>>(json)!
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToDictionary(pair => Json.NameOf(pair.Key), pair => pair.Value);
}
