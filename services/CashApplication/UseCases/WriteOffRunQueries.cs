using Dapper;
using OrderToCash.CashApplication.WriteOffs;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A rest of a run and what became of it.</summary>
/// <param name="Ordinal">Place in the run, from 1.</param>
/// <param name="Outcome"><c>waiting</c>, <c>written-off</c> or <c>left</c>.</param>
/// <param name="Code">Why it was left alone, or null.</param>
/// <param name="Detail">The same in words.</param>
public sealed record WriteOffRunItem(
    int Ordinal, Guid ReceiptId, string ReceiptNumber, Guid? CustomerId, Money Rest, string Outcome, string? Code,
    string? Detail);

/// <summary>A run in a list.</summary>
public sealed record WriteOffRunListItem(
    Guid Id, string LegalEntity, Money Limit, DateOnly EffectiveDate, string Reason, string RequestedBy,
    DateTimeOffset RequestedAt, string Status, int Count, Money Total, int Done, int WrittenOffCount, Money WrittenOff,
    long Version);

/// <summary>Reads of write-off runs.</summary>
public static class WriteOffRunQueries
{
    private const string Path = "/v1/receipts/write-off-runs";

    private static readonly SortOrder<RunRow> Runs = new SortOrder<RunRow>(
            "id", row => row.Id, standard: "-requestedAt")
        .By("requestedAt", "requested_at", row => row.RequestedAt);

    private static readonly SortOrder<ItemRow> Items = new SortOrder<ItemRow>(
            "receipt_id", row => row.ReceiptId, standard: "ordinal")
        .By("ordinal", "ordinal", row => row.Ordinal);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, List)
            .RequireScope(Scopes.CashRead).Produces<Page<WriteOffRunListItem>>().WithTags("Write-off runs")
            .WithSummary("Runs that give up small rests");
        routes.MapGet($"{Path}/{{id:guid}}/items", ListItems)
            .RequireScope(Scopes.CashRead).Produces<Page<WriteOffRunItem>>().WithTags("Write-off runs")
            .WithSummary("What became of each rest of a run");
        ResourceEndpoint.Map(
            routes.MapGroup("").WithTags("Write-off runs"), Path, WriteOffRun.Type, Scopes.CashRead,
            run => run.Requested?.LegalEntity, (id, run, version) => WriteOffRunView.Of(id, run, version),
            "A run that gives up small rests");
    }

    private static async Task<IResult> List(
        string? legalEntity, ListQuery query, EventStore store, HttpContext http)
    {
        var page = Runs.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<RunRow>(new CommandDefinition(
            "select id, legal_entity, currency, most, effective_date, reason, requested_by, requested_at, status, " +
            "count, total, done, written_off_count, written_off, version from write_off_runs " +
            "where (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => new WriteOffRunListItem(
            row.Id, row.LegalEntity, Money.Of(row.Most, row.Currency), row.EffectiveDate, row.Reason, row.RequestedBy,
            new DateTimeOffset(row.RequestedAt, TimeSpan.Zero), row.Status, row.Count,
            Money.Of(row.Total, row.Currency), row.Done, row.WrittenOffCount,
            Money.Of(row.WrittenOff, row.Currency), row.Version)));
    }

    private static async Task<IResult> ListItems(
        Guid id, string? outcome, ListQuery query, EventStore store, HttpContext http)
    {
        if (outcome is not (null or "waiting" or "written-off" or "left"))
            return Problems.Malformed("bad-outcome", "/outcome", "outcome is one of waiting, written-off, left.");
        var (run, _) = await store.LoadAsync(WriteOffRun.Type, id, http.RequestAborted);
        if (run.Requested is not { } wish)
            return Problems.From(WriteOffRunRefusals.NotFound(id));
        if (Caller.Of(http).Deny(wish.LegalEntity) is { } denied)
            return Problems.From(denied);
        var page = Items.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("id", id);
        parameters.Add("outcome", outcome);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<ItemRow>(new CommandDefinition(
            "select ordinal, receipt_id, receipt_number, customer_id, rest, outcome, code, detail " +
            "from write_off_run_items where run_id = @id and (@outcome::text is null or outcome = @outcome) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => new WriteOffRunItem(
            row.Ordinal, row.ReceiptId, row.ReceiptNumber, row.CustomerId,
            Money.Of(row.Rest, wish.Limit.Currency), row.Outcome, row.Code, row.Detail)));
    }

    private sealed class RunRow
    {
        public Guid Id { get; init; }
        public string LegalEntity { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal Most { get; init; }
        public DateOnly EffectiveDate { get; init; }
        public string Reason { get; init; } = "";
        public string RequestedBy { get; init; } = "";
        public DateTime RequestedAt { get; init; }
        public string Status { get; init; } = "";
        public int Count { get; init; }
        public decimal Total { get; init; }
        public int Done { get; init; }
        public int WrittenOffCount { get; init; }
        public decimal WrittenOff { get; init; }
        public long Version { get; init; }
    }

    private sealed class ItemRow
    {
        public int Ordinal { get; init; }
        public Guid ReceiptId { get; init; }
        public string ReceiptNumber { get; init; } = "";
        public Guid? CustomerId { get; init; }
        public decimal Rest { get; init; }
        public string Outcome { get; init; } = "";
        public string? Code { get; init; }
        public string? Detail { get; init; }
    }
}
