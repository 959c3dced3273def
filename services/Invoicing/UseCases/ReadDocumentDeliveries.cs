using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Which invoices and credit memos were mailed to whom, and what became of the mails.</summary>
public static class ReadDocumentDeliveries
{
    /// <summary>What a list may be cut down to.</summary>
    /// <param name="DocumentId">Of one invoice or credit memo.</param>
    /// <param name="CustomerId">To whose contacts.</param>
    /// <param name="LegalEntity">Whose documents.</param>
    /// <param name="Status"><c>queued</c>, <c>sent</c>, <c>failed</c>, <c>delivered</c>, <c>opened</c> or
    /// <c>bounced</c>.</param>
    public sealed record Filter(Guid? DocumentId, Guid? CustomerId, string? LegalEntity, string? Status);

    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>("delivery_id", row => row.DeliveryId, standard: "-queuedAt")
            .By("queuedAt", "queued_at", row => new DateTimeOffset(row.QueuedAt));

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/document-deliveries", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<DocumentDeliveryView>>()
            .WithSummary("Invoices and credit memos that were mailed, by contact");
        ResourceEndpoint.Map(
            routes, "/document-deliveries", DocumentDeliveryStream.Type, Scopes.InvoicingRead,
            delivery => delivery.Queued?.LegalEntity, DocumentDeliveryView.Of, "One document on its way to a contact");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, [AsParameters] Filter filter, Caller caller, EventStore store,
        CancellationToken cancellation)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.AddDynamicParams(new { filter.DocumentId, filter.CustomerId, filter.LegalEntity });
        parameters.Add("status", filter.Status is { } status ? StatusOf(status) : null);
        parameters.Add("entities", caller.EntityFilter(filter.LegalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select delivery_id, document_id, document, number, legal_entity, customer_id, contact_id, status, " +
            "reason, language, pdf_sha256, sends, queued_at, version from document_deliveries " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@LegalEntity::text is null or legal_entity = @LegalEntity) " +
            "and (@CustomerId::uuid is null or customer_id = @CustomerId) " +
            "and (@DocumentId::uuid is null or document_id = @DocumentId) " +
            "and (@status::text is null or status = @status) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows]).Select(row => row.View));
    }

    private static string StatusOf(string status) => Enum.GetNames<DeliveryStatus>()
        .FirstOrDefault(name => Json.NameOf(name) == status)
        ?? throw new ProblemException(Problems.Malformed(
            "bad-status", "/status", "status is queued, sent, failed, delivered, opened or bounced."));

    private sealed class Row
    {
        public Guid DeliveryId { get; init; }
        public Guid DocumentId { get; init; }
        public required string Document { get; init; }
        public required string Number { get; init; }
        public required string LegalEntity { get; init; }
        public Guid CustomerId { get; init; }
        public Guid? ContactId { get; init; }
        public required string Status { get; init; }
        public string? Reason { get; init; }
        public string? Language { get; init; }
        public string? PdfSha256 { get; init; }
        public int Sends { get; init; }
        public DateTime QueuedAt { get; init; }
        public long Version { get; init; }

        public DocumentDeliveryView View => new(
            DeliveryId, DocumentId, Enum.Parse<DeliveredDocument>(Document), Number, LegalEntity, CustomerId,
            ContactId, Enum.Parse<DeliveryStatus>(Status), Reason, Language, PdfSha256, Sends, Version);
    }
}
