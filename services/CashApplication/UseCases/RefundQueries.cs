using Dapper;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A refund in a list.</summary>
/// <param name="ReceiptId">The receipt whose money it is; null for a credit memo's.</param>
/// <param name="ReceiptNumber">Its number; null for a credit memo's.</param>
/// <param name="CreditMemoId">The credit memo of Invoicing that it pays back; null for a receipt's.</param>
/// <param name="CreditMemoNumber">Its number; null for a receipt's.</param>
public sealed record RefundListItem(
    Guid Id, string LegalEntity, Guid? ReceiptId, string? ReceiptNumber, Guid CustomerId, Money Amount,
    string PayeeName, string Reason, string RequestedBy, DateTimeOffset RequestedAt, string Status,
    Guid? PaymentFileId, long Version, Guid? CreditMemoId, string? CreditMemoNumber);

/// <summary>
/// Reads of refunds. <c>debited</c>: whether a debit of a statement names the refund or its payment file; of paid ones
/// without any, the file may never have come to the bank.
/// </summary>
public static class RefundQueries
{
    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "-requestedAt")
        .By("requestedAt", "requested_at", row => row.RequestedAt)
        .By("amount", "amount", row => row.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        ResourceEndpoint.Map(
            routes.MapGroup("").WithTags("Refunds"), "/v1/refunds", Refund.Type, Scopes.CashRead,
            refund => refund.Requested?.LegalEntity, (id, refund, version) => RefundView.Of(id, refund, version),
            "A refund");
        routes.MapGet("/v1/refunds", List)
            .RequireScope(Scopes.CashRead).Produces<Page<RefundListItem>>().WithTags("Refunds")
            .WithSummary("Refunds");
    }

    private static async Task<IResult> List(
        string? status, string? legalEntity, Guid? receiptId, Guid? customerId, Guid? creditMemoId, bool? debited,
        ListQuery query, EventStore store, HttpContext http)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", EnumFilter.Text<RefundStatus>("status", status));
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("receiptId", receiptId);
        parameters.Add("customerId", customerId);
        parameters.Add("creditMemoId", creditMemoId);
        parameters.Add("debited", debited);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select id, legal_entity, receipt_id, receipt_number, customer_id, currency, amount, payee_name, reason, " +
            "requested_by, requested_at, status, payment_file_id, version, credit_memo_id, credit_memo_number " +
            "from refunds " +
            "where (@status::text is null or status = @status) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@receiptId::uuid is null or receipt_id = @receiptId) " +
            "and (@customerId::uuid is null or customer_id = @customerId) " +
            "and (@creditMemoId::uuid is null or credit_memo_id = @creditMemoId) " +
            "and (@debited::boolean is null or exists (select from ordered_payments o " +
            "where o.names && array[refunds.id, refunds.payment_file_id]) = @debited) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => new RefundListItem(
            row.Id, row.LegalEntity, row.ReceiptId, row.ReceiptNumber, row.CustomerId,
            Money.Of(row.Amount, row.Currency), row.PayeeName, row.Reason, row.RequestedBy,
            new DateTimeOffset(row.RequestedAt, TimeSpan.Zero), row.Status, row.PaymentFileId, row.Version,
            row.CreditMemoId, row.CreditMemoNumber)));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string LegalEntity { get; init; } = "";
        public Guid? ReceiptId { get; init; }
        public string? ReceiptNumber { get; init; }
        public Guid CustomerId { get; init; }
        public string Currency { get; init; } = "";
        public decimal Amount { get; init; }
        public string PayeeName { get; init; } = "";
        public string Reason { get; init; } = "";
        public string RequestedBy { get; init; } = "";
        public DateTime RequestedAt { get; init; }
        public string Status { get; init; } = "";
        public Guid? PaymentFileId { get; init; }
        public long Version { get; init; }
        public Guid? CreditMemoId { get; init; }
        public string? CreditMemoNumber { get; init; }
    }
}
