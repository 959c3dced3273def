using Dapper;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A file in the list of imports.</summary>
/// <param name="Effects"><c>held</c>, <c>armed</c>, or null where they were never held.</param>
public sealed record StatementImportListItem(
    Guid Id, string Status, string? Format, string Sha256, long Size, DateTimeOffset ReceivedAt, string ReceivedBy,
    string? Code, int? Line, string? Element, string? Detail, string? WaitsFor, int Statements, int Receipts,
    string? Effects);

/// <summary>Reads of imported and refused files.</summary>
public static class StatementQueries
{
    private static readonly SortOrder<Row> Order = new SortOrder<Row>("i.id", row => row.Id, standard: "-receivedAt")
        .By("receivedAt", "i.received_at", row => new DateTimeOffset(row.ReceivedAt));

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/bank-statements/{id:guid}", Get)
            .RequireScope(Scopes.CashRead).Produces<StatementImportView>().WithTags("Bank statements")
            .WithSummary("A statement file, imported or refused");
        routes.MapGet("/v1/bank-statements/{id:guid}/file", Download)
            .RequireScope(Scopes.CashRead).WithTags("Bank statements")
            .WithSummary("The file as it came");
        routes.MapGet("/v1/bank-statements", List)
            .RequireScope(Scopes.CashRead).Produces<Page<StatementImportListItem>>().WithTags("Bank statements")
            .WithSummary("Statement files");
        // A file may speak of several legal entities, so the history is opened by the same rule as the file itself.
        HistoryEndpoint.Map(routes, "/v1/bank-statements/{id:guid}/history", StatementImport.Type, Scopes.CashRead)
            .AddEndpointFilter(OnlyWhatMayBeSeen)
            .WithTags("Bank statements");
    }

    private static async Task<IResult> Get(Guid id, EventStore store, HttpContext http)
    {
        var (import, version) = await store.LoadAsync(StatementImport.Type, id, http.RequestAborted);
        if (!await MaySeeAsync(id, store, http))
            return Problems.From(StatementImportRefusals.NotFound(id));
        return import switch
        {
            { Imported: { } file } => Reply.Ok(
                StatementImportView.Of(id, file, import.Status,
                    await StatementIntake.ReceiptIdsAsync(store, id, http.RequestAborted), import.Effects),
                version),
            { Refused: { } no } => Reply.Ok(
                new RefusedImportView(
                    id, import.Status, no.Sha256, no.Size, no.Code, no.Line, no.Element, no.Detail, import.Effects),
                version),
            _ => Problems.From(StatementImportRefusals.NotFound(id)),
        };
    }

    private static async Task<IResult> Download(Guid id, EventStore store, HttpContext http) =>
        await MaySeeAsync(id, store, http) &&
        await StatementFiles.OpenAsync(store.Database, id, http.RequestAborted) is { } content
            ? Results.Stream(content, "application/octet-stream", $"{id}.statement")
            : Problems.From(StatementImportRefusals.NotFound(id));

    private static async Task<IResult> List(
        string? status, string? effects, ListQuery query, EventStore store, HttpContext http)
    {
        if (status is not (null or "imported" or "booking" or "waiting" or "refused"))
            return Problems.Malformed("bad-status", "/status", "status is imported, booking, waiting or refused.");
        if (effects is not (null or StatementEffects.Held or StatementEffects.Armed))
            return Problems.Malformed("bad-effects", "/effects", "effects is held or armed.");
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("effects", effects);
        AddCaller(parameters, http);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select i.id, i.status, i.format, i.sha256, i.size, i.received_at, i.received_by, i.code, i.line, " +
            "i.element, i.detail, i.waits_for, i.effects, " +
            "(select count(*)::int from statements s where s.import_id = i.id) as statements, " +
            "(select coalesce(sum(cardinality(l.receipt_ids)), 0)::int from statement_lines l where " +
            "l.import_id = i.id) as receipts " +
            "from statement_imports i where (@status::text is null or i.status = @status) " +
            $"and (@effects::text is null or i.effects = @effects) and {Visible} " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => new StatementImportListItem(
            row.Id, row.Status, row.Format, row.Sha256, row.Size, new DateTimeOffset(row.ReceivedAt), row.ReceivedBy,
            row.Code, row.Line, row.Element, row.Detail, row.WaitsFor, row.Statements, row.Receipts, row.Effects)));
    }

    /// <summary>
    /// A file is seen by those who may see every account in it. A refused one is booked on none, yet it is full of a
    /// bank's data: it is seen by whoever sent it, and by those who may see everything.
    /// </summary>
    private const string Visible =
        "(@entities::text[] is null or (i.status in ('imported', 'booking') or i.received_by = @subject) " +
        "and not exists (select 1 from statements s join bank_accounts b on b.code = s.bank_account " +
        "where s.import_id = i.id and not b.legal_entity = any(@entities)))";

    private static async ValueTask<object?> OnlyWhatMayBeSeen(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return Guid.TryParse(http.Request.RouteValues["id"]?.ToString(), out var id) &&
            await MaySeeAsync(id, http.RequestServices.GetRequiredService<EventStore>(), http)
            ? await next(context)
            : Problems.From(StatementImportRefusals.NotFound(id));
    }

    private static void AddCaller(DynamicParameters parameters, HttpContext http)
    {
        parameters.Add("entities", Caller.Of(http).EntityFilter());
        parameters.Add("subject", Caller.Of(http).Subject);
    }

    /// <summary>True where the caller may see the file.</summary>
    internal static async Task<bool> MaySeeAsync(Guid id, EventStore store, HttpContext http)
    {
        var parameters = new DynamicParameters();
        parameters.Add("id", id);
        AddCaller(parameters, http);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            $"select exists (select 1 from statement_imports i where i.id = @id and {Visible})", parameters,
            cancellationToken: http.RequestAborted));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string Status { get; init; } = "";
        public string? Format { get; init; }
        public string Sha256 { get; init; } = "";
        public long Size { get; init; }
        public DateTime ReceivedAt { get; init; }
        public string ReceivedBy { get; init; } = "";
        public string? Code { get; init; }
        public int? Line { get; init; }
        public string? Element { get; init; }
        public string? Detail { get; init; }
        public string? WaitsFor { get; init; }
        public int Statements { get; init; }
        public int Receipts { get; init; }
        public string? Effects { get; init; }
    }
}
