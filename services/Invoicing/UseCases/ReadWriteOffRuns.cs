using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Runs that write off small balances, and what became of each rest.</summary>
public static class ReadWriteOffRuns
{
    /// <summary>What became of a rest.</summary>
    public enum Fate
    {
        /// <summary>Nothing yet.</summary>
        Waiting,

        /// <summary>It is given up.</summary>
        WrittenOff,

        /// <summary>It was left alone.</summary>
        Left,
    }

    /// <summary>A rest of a run and what became of it.</summary>
    /// <param name="Ordinal">Place in the run, from 1.</param>
    /// <param name="Outcome"><c>waiting</c>, <c>written-off</c> or <c>left</c>.</param>
    /// <param name="Code">Why it was left alone, or null.</param>
    /// <param name="Detail">The same in words.</param>
    public sealed record Item(
        int Ordinal, Guid InvoiceId, string InvoiceNumber, int Installment, Guid CustomerId, Money Rest, Fate Outcome,
        string? Code, string? Detail);

    /// <summary>A run in a list.</summary>
    public sealed record Summary(
        Guid Id, string LegalEntity, Money Limit, DateOnly? PostingDate, string Reason, string RequestedBy,
        DateTimeOffset RequestedAt, WriteOffRunStatus Status, int Count, Money Total, int Done, int WrittenOffCount,
        Money WrittenOff, long Version);

    private const string Path = "/invoices/write-off-runs";

    private static readonly SortOrder<Summary> Runs =
        new SortOrder<Summary>("run_id", row => row.Id, standard: "-requestedAt")
            .By("requestedAt", "requested_at", row => row.RequestedAt);

    private static readonly SortOrder<Item> Items = new("ordinal", row => row.Ordinal);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<Summary>>()
            .WithSummary("Runs that write off small balances of invoices");
        routes.MapGet($"{Path}/{{id:guid}}/items", ListItemsAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<Item>>()
            .WithSummary("What became of each rest of a run");
        ResourceEndpoint.Map(
            routes, Path, WriteOffRunStream.Type, Scopes.InvoicingRead, run => run.Requested?.LegalEntity,
            (id, run, version) => WriteOffRunView.Of(id, run, version), "One run that writes off small balances");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, CancellationToken cancellation,
        string? legalEntity = null, string? status = null)
    {
        var page = Runs.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.AddDynamicParams(new
        {
            entities = caller.EntityFilter(legalEntity),
            legalEntity,
            status = EnumFilter.Text<WriteOffRunStatus>("status", status),
        });
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<RunRow>(new CommandDefinition(
            "select run_id, legal_entity, currency, most, posting_date, reason, requested_by, requested_at, status, " +
            "count, total, done, written_off_count, written_off, version from write_off_runs " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@status::text is null or status = @status) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.Summary)]));
    }

    private static Task<IResult> ListItemsAsync(
        Guid id, HttpContext http, ListQuery query, EventStore store, CancellationToken cancellation,
        string? outcome = null) =>
        ResourceEndpoint.ShowAsync(
            http, WriteOffRunStream.Type, id, run => run.Requested?.LegalEntity, async (run, _) =>
            {
                var page = Items.For(query);
                var parameters = new DynamicParameters(page.Parameters);
                parameters.AddDynamicParams(new { id, outcome = EnumFilter.Text<Fate>("outcome", outcome) });
                await using var connection = await store.Database.OpenConnectionAsync(cancellation);
                var rows = await connection.QueryAsync<ItemRow>(new CommandDefinition(
                    "select ordinal, invoice_id, invoice_number, installment, customer_id, rest, outcome, code, " +
                    "detail from write_off_run_items " +
                    "where run_id = @id and (@outcome::text is null or outcome = @outcome) " +
                    $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
                    parameters, cancellationToken: cancellation));
                return Listing.Result(
                    http, page.Page([.. rows.Select(row => row.View(run.Requested!.Limit.Currency))]));
            });

    private sealed class RunRow
    {
        public Guid RunId { get; init; }
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public decimal Most { get; init; }
        public DateOnly? PostingDate { get; init; }
        public required string Reason { get; init; }
        public required string RequestedBy { get; init; }
        public DateTime RequestedAt { get; init; }
        public required string Status { get; init; }
        public int Count { get; init; }
        public decimal Total { get; init; }
        public int Done { get; init; }
        public int WrittenOffCount { get; init; }
        public decimal WrittenOff { get; init; }
        public long Version { get; init; }

        public Summary Summary => new(
            RunId, LegalEntity, Money.Of(Most, Currency), PostingDate, Reason, RequestedBy,
            new DateTimeOffset(RequestedAt), EnumFilter.Value<WriteOffRunStatus>("status", Status)!.Value, Count,
            Money.Of(Total, Currency), Done, WrittenOffCount, Money.Of(WrittenOff, Currency), Version);
    }

    private sealed class ItemRow
    {
        public int Ordinal { get; init; }
        public Guid InvoiceId { get; init; }
        public required string InvoiceNumber { get; init; }
        public int Installment { get; init; }
        public Guid CustomerId { get; init; }
        public decimal Rest { get; init; }
        public required string Outcome { get; init; }
        public string? Code { get; init; }
        public string? Detail { get; init; }

        public Item View(Currency currency) => new(
            Ordinal, InvoiceId, InvoiceNumber, Installment, CustomerId, Money.Of(Rest, currency),
            EnumFilter.Value<Fate>("outcome", Outcome)!.Value, Code, Detail);
    }
}
