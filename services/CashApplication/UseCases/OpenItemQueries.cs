using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>An installment that money may be applied to, as this service knows it.</summary>
/// <param name="Balance">What is open by Invoicing's last word.</param>
/// <param name="Pending">What is promised to it and not answered yet.</param>
/// <param name="Available">What may still be applied: balance less pending.</param>
/// <param name="InvoiceVersion">Version of the invoice this rests on.</param>
public sealed record OpenItemView(
    Guid InvoiceId, int Installment, string InvoiceNumber, string LegalEntity, Guid CustomerId, DateOnly InvoiceDate,
    DateOnly DueDate, Money Amount, Money Balance, Money Pending, Money Available, long InvoiceVersion);

/// <summary><c>GET /v1/open-items</c>: what the clerk at the workbench may apply money to.</summary>
public static class OpenItemQueries
{
    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>(
            "(o.invoice_id::text || '/' || o.installment)", row => $"{row.InvoiceId:D}/{row.Installment}", "dueDate")
            .By("dueDate", "o.due_date", row => row.DueDate)
            .By("balance", "o.balance", row => row.Balance);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/open-items", List)
        .RequireScope(Scopes.CashRead).Produces<Page<OpenItemView>>().WithTags("Receipts")
        .WithSummary("Open items that money may be applied to");

    private static async Task<IResult> List(
        Guid? customerId, string? legalEntity, string? invoiceNumber, ListQuery query, EventStore store,
        HttpContext http)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("customerId", customerId);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("invoiceNumber", invoiceNumber);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select o.invoice_id, o.installment, o.invoice_number, o.legal_entity, o.customer_id, o.invoice_date, " +
            "o.due_date, o.currency, o.amount, o.balance, o.version, " +
            "coalesce((select sum(p.settled + p.credited) from allocations p where p.invoice_id = o.invoice_id " +
            "and p.installment = o.installment and p.status = 'pending'), 0) as pending " +
            "from open_items o where o.balance > 0 and (@customerId::uuid is null or customer_id = @customerId) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@invoiceNumber::text is null or invoice_number = @invoiceNumber) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => row.View));
    }

    private sealed class Row
    {
        public Guid InvoiceId { get; init; }
        public int Installment { get; init; }
        public string InvoiceNumber { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public Guid CustomerId { get; init; }
        public DateOnly InvoiceDate { get; init; }
        public DateOnly DueDate { get; init; }
        public string Currency { get; init; } = "";
        public decimal Amount { get; init; }
        public decimal Balance { get; init; }
        public decimal Pending { get; init; }
        public long Version { get; init; }

        /// <summary>
        /// Pending may exceed the balance for the moment between two messages; nothing is available then.
        /// </summary>
        public OpenItemView View => new(
            InvoiceId, Installment, InvoiceNumber, LegalEntity, CustomerId, InvoiceDate, DueDate,
            Money.Of(Amount, Currency), Money.Of(Balance, Currency), Money.Of(Pending, Currency),
            Money.Of(Math.Max(0, Balance - Pending), Currency), Version);
    }
}
