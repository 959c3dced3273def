using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.InvoiceDrafts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Drafts of invoices, one and those that match.</summary>
public static class ReadInvoiceDrafts
{
    /// <summary>A draft in a list.</summary>
    public sealed record Summary(
        Guid Id, string LegalEntity, Guid CustomerId, InvoiceDraftStatus Status, string? PurchaseOrder, Money Net,
        Money Tax, Money Total, Guid? InvoiceId, string? InvoiceNumber, DateTimeOffset SavedAt, string SavedBy,
        long Version);

    /// <summary>What a list may be cut down to.</summary>
    /// <param name="LegalEntity">Who is going to be owed.</param>
    /// <param name="CustomerId">Who is going to owe.</param>
    /// <param name="Status"><c>open</c>, <c>issued</c> or <c>discarded</c>.</param>
    public sealed record Filter(string? LegalEntity, Guid? CustomerId, string? Status);

    private const string Select =
        "select draft_id, legal_entity, customer_id, status, purchase_order, currency, net, tax, total, invoice_id, " +
        "invoice_number, saved_at, saved_by, version from invoice_drafts " +
        "where (@entities::text[] is null or legal_entity = any(@entities)) " +
        "and (@LegalEntity::text is null or legal_entity = @LegalEntity) " +
        "and (@CustomerId::uuid is null or customer_id = @CustomerId) " +
        "and (@Status::text is null or status = @Status)";

    private static readonly SortOrder<Summary> Order = new("draft_id", row => row.Id);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invoice-drafts", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<Summary>>().WithSummary("Drafts of invoices");
        ResourceEndpoint.Map(
            routes, "/invoice-drafts", DraftedInvoiceStream.Type, Scopes.InvoicingRead,
            draft => draft.Saved?.LegalEntity, InvoiceDraftView.Of, "One draft of an invoice");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, [AsParameters] Filter filter, Caller caller, EventStore store,
        CancellationToken cancellation)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.AddDynamicParams(
            filter with { Status = EnumFilter.Text<InvoiceDraftStatus>("status", filter.Status) });
        parameters.Add("entities", caller.EntityFilter(filter.LegalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"{Select} and {page.Where} order by {page.OrderBy} limit {page.Limit}", parameters,
            cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.Summary)]));
    }

    private sealed class Row
    {
        public Guid DraftId { get; init; }
        public required string LegalEntity { get; init; }
        public Guid CustomerId { get; init; }
        public required string Status { get; init; }
        public string? PurchaseOrder { get; init; }
        public required string Currency { get; init; }
        public decimal Net { get; init; }
        public decimal Tax { get; init; }
        public decimal Total { get; init; }
        public Guid? InvoiceId { get; init; }
        public string? InvoiceNumber { get; init; }
        public DateTime SavedAt { get; init; }
        public required string SavedBy { get; init; }
        public long Version { get; init; }

        public Summary Summary => new(
            DraftId, LegalEntity, CustomerId, EnumFilter.Value<InvoiceDraftStatus>("status", Status)!.Value,
            PurchaseOrder, Money.Of(Net, Currency), Money.Of(Tax, Currency), Money.Of(Total, Currency), InvoiceId,
            InvoiceNumber, new DateTimeOffset(SavedAt), SavedBy, Version);
    }
}
