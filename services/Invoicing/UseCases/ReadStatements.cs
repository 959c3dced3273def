using System.Text.Json;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Rendering;
using OrderToCash.Invoicing.Statements.Sending;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Statements that were made, their documents byte for byte, and what became of them.</summary>
public static class ReadStatements
{
    /// <summary>What a list may be cut down to.</summary>
    /// <param name="CustomerId">Of whom.</param>
    /// <param name="RunId">By which run.</param>
    /// <param name="LegalEntity">Whose receivables.</param>
    /// <param name="Status"><c>prepared</c>, <c>sent</c>, <c>not-sent</c>, <c>delivered</c>, <c>opened</c> or
    /// <c>bounced</c>.</param>
    public sealed record Filter(Guid? CustomerId, Guid? RunId, string? LegalEntity, string? Status);

    private static readonly SortOrder<StatementView> Order =
        new SortOrder<StatementView>("statement_id", row => row.Id, standard: "-to").By("to", "to_date", row => row.To);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/statements", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<StatementView>>().WithSummary("Statements");
        routes.MapGet("/statements/{id:guid}/document", DocumentAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<StatementContent>()
            .WithSummary("The statement as it was made (JSON, CSV, XLSX, HTML, PDF), always the same bytes");
        ResourceEndpoint.Map(
            routes, "/statements", StatementStream.Type, Scopes.InvoicingRead,
            statement => statement.Prepared?.LegalEntity, ViewAsync, "One statement");
    }

    private static async Task<StatementView> ViewAsync(HttpContext http, Guid id, Statement statement, long version)
    {
        var view = StatementView.Of(id, statement, version);
        if (view is not { Channel: StatementChannel.Post, Status: StatementStatus.Prepared })
            return view;
        var services = http.RequestServices;
        await using var connection = await services.GetRequiredService<EventStore>().Database
            .OpenConnectionAsync(http.RequestAborted);
        return view with
        {
            HeldBy = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
                "select h.kind from (select @CustomerId::uuid as customer_id, @LegalEntity::text as legal_entity) s " +
                $"cross join lateral ({DunningHolds.KeepsPaperBack}) h",
                new
                {
                    view.CustomerId,
                    view.LegalEntity,
                    now = services.GetRequiredService<TimeProvider>().GetUtcNow(),
                },
                cancellationToken: http.RequestAborted)),
        };
    }

    private static async Task<IResult> DocumentAsync(
        Guid id, HttpContext http, Caller caller, EventStore store, StatementDocuments documents, StatementPdf pdf,
        CancellationToken cancellation)
    {
        var (statement, _) = await store.LoadAsync(StatementStream.Type, id, cancellation);
        if (Denied(statement, caller) is { } no)
            return Problems.From(no);
        var kept = await documents.FindAsync(id, cancellation);
        switch (DocumentFormats.Of(http.Request))
        {
            case DocumentFormat.Html:
                return Results.Bytes(kept[StatementDocument.Page], DocumentFormats.Html);
            case DocumentFormat.Pdf:
                return Results.Bytes(
                    await pdf.OfAsync(id, statement.Prepared!, kept, cancellation), DocumentFormats.Pdf);
            default:
                var content = JsonSerializer.Deserialize<StatementContent>(kept[StatementDocument.Content], Json.Wire)!;
                return Tables.Result(http, content, () => StatementWriter.Table(content));
        }
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, [AsParameters] Filter filter, Caller caller, EventStore store,
        TimeProvider clock, CancellationToken cancellation)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.AddDynamicParams(new { filter.CustomerId, filter.RunId, filter.LegalEntity });
        parameters.Add("status", filter.Status is { } status ? StatusOf(status) : null);
        parameters.Add("entities", caller.EntityFilter(filter.LegalEntity));
        parameters.Add("now", clock.GetUtcNow());
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select statement_id, run_id, legal_entity, customer_id, from_date, to_date, known_at, channel, pdf, " +
            "due::text as due, sha256, status, reason, sends, version, " +
            $"case when channel = 'Post' and status = 'Prepared' then ({DunningHolds.KeepsPaperBack}) end as held_by " +
            "from statements s " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@LegalEntity::text is null or legal_entity = @LegalEntity) " +
            "and (@CustomerId::uuid is null or customer_id = @CustomerId) " +
            "and (@RunId::uuid is null or run_id = @RunId) and (@status::text is null or status = @status) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.View)]));
    }

    private static string StatusOf(string status) => Enum.GetNames<StatementStatus>()
        .FirstOrDefault(name => Json.NameOf(name) == status)
        ?? throw new ProblemException(Problems.Malformed(
            "bad-status", "/status", "status is prepared, sent, not-sent, delivered, opened or bounced."));

    internal static Refusal? Denied(Statement statement, Caller caller) =>
        statement.Prepared is { } made ? caller.Deny(made.LegalEntity) : StatementRefusals.NotFound();

    private sealed class Row
    {
        public Guid StatementId { get; init; }
        public Guid? RunId { get; init; }
        public required string LegalEntity { get; init; }
        public Guid CustomerId { get; init; }
        public DateOnly FromDate { get; init; }
        public DateOnly ToDate { get; init; }
        public DateTime KnownAt { get; init; }
        public required string Channel { get; init; }
        public bool Pdf { get; init; }
        public required string Due { get; init; }
        public required string Sha256 { get; init; }
        public required string Status { get; init; }
        public string? Reason { get; init; }
        public int Sends { get; init; }
        public long Version { get; init; }
        public string? HeldBy { get; init; }

        public StatementView View => new(
            StatementId, RunId, LegalEntity, CustomerId, FromDate, ToDate, new DateTimeOffset(KnownAt),
            Enum.Parse<StatementChannel>(Channel), Pdf, JsonSerializer.Deserialize<Money[]>(Due, Json.Stored)!, Sha256,
            Enum.Parse<StatementStatus>(Status), Reason, Sends, Version, HeldBy);
    }
}
