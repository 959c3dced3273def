using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>One credit memo, those that match, and what happened to one.</summary>
public static class ReadCreditMemos
{
    /// <summary>A credit memo in a list.</summary>
    public sealed record Summary(
        Guid Id, string Number, string LegalEntity, Guid CustomerId, CreditMemoStatus Status, DateOnly CreditDate,
        CreditReason Reason, Guid? InvoiceId, Money Net, Money Tax, Money Total, Money Open, long Version);

    private static readonly SortOrder<Summary> Order =
        new SortOrder<Summary>("credit_memo_id", row => row.Id, standard: "-creditDate")
            .By("creditDate", "credit_date", row => row.CreditDate)
            .By("number", "number", row => row.Number)
            .By("open", "open_amount", row => row.Open.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        ResourceEndpoint.Map(
            routes, "/credit-memos", CreditMemoStream.Type, Scopes.InvoicingRead,
            memo => memo.Issued?.Books.LegalEntity, CreditMemoView.Of, "One credit memo");
        routes.MapGet("/credit-memos", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<Summary>>()
            .WithSummary("Credit memos of a customer, an invoice, or with something open");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, CancellationToken cancellation,
        Guid? customerId = null, string? legalEntity = null, Guid? invoiceId = null, bool? open = null)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        var entities = caller.EntityFilter(legalEntity);
        parameters.AddDynamicParams(new { customerId, legalEntity, invoiceId, open, entities });
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select credit_memo_id, number, legal_entity, customer_id, credit_date, reason, invoice_id, currency, " +
            "net, tax, total, open_amount, is_void, version from credit_memos " +
            "where (@entities::text[] is null or legal_entity = any(@entities)) " +
            "and (@customerId::uuid is null or customer_id = @customerId) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@invoiceId::uuid is null or invoice_id = @invoiceId) " +
            "and (@open::boolean is null or (open_amount > 0) = @open) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.Summary)]));
    }

    private sealed class Row
    {
        public Guid CreditMemoId { get; init; }
        public required string Number { get; init; }
        public required string LegalEntity { get; init; }
        public Guid CustomerId { get; init; }
        public DateOnly CreditDate { get; init; }
        public required string Reason { get; init; }
        public Guid? InvoiceId { get; init; }
        public required string Currency { get; init; }
        public decimal Net { get; init; }
        public decimal Tax { get; init; }
        public decimal Total { get; init; }
        public decimal OpenAmount { get; init; }
        public bool IsVoid { get; init; }
        public long Version { get; init; }

        public Summary Summary => new(
            CreditMemoId, Number, LegalEntity, CustomerId, CreditMemo.StatusOf(Total, OpenAmount, IsVoid), CreditDate,
            Enum.Parse<CreditReason>(Reason), InvoiceId, Money.Of(Net, Currency), Money.Of(Tax, Currency),
            Money.Of(Total, Currency), Money.Of(OpenAmount, Currency), Version);
    }
}
