using Dapper;
using OrderToCash.CashApplication.Payouts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A payment file.</summary>
/// <param name="ApprovalId">The request that waits for its release; only in the answer to its creation.</param>
public sealed record PaymentFileView(
    Guid Id, string LegalEntity, string BankAccount, Money Total, DateOnly ExecutionDate, DateTimeOffset CreatedAt,
    PaymentFileStatus Status, IReadOnlyList<PaymentOrder> Payments, Guid? ApprovalId, long Version)
{
    internal static PaymentFileView Of(
        Guid id, PaymentFileCreated created, PaymentFileStatus status, long version, Guid? approvalId = null) => new(
        id, created.LegalEntity, created.Account.Code, created.Total, created.ExecutionDate, created.CreatedAt,
        status, created.Orders, approvalId, version);
}

/// <summary>A payment file in a list.</summary>
public sealed record PaymentFileListItem(
    Guid Id, string LegalEntity, string BankAccount, Money Total, int Payments, DateOnly ExecutionDate,
    DateTimeOffset CreatedAt, string Status, long Version);

/// <summary>Reads of payment files.</summary>
public static class PaymentFileQueries
{
    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "-createdAt")
        .By("createdAt", "created_at", row => row.CreatedAt)
        .By("executionDate", "execution_date", row => row.ExecutionDate);

    public static void Map(IEndpointRouteBuilder routes)
    {
        ResourceEndpoint.Map(
            routes.MapGroup("").WithTags("Refunds"), "/v1/payment-files", PaymentFile.Type, Scopes.CashRead, EntityOf,
            (id, file, version) => PaymentFileView.Of(id, file.Created!, file.Status, version),
            "A payment file and what it pays");
        routes.MapGet("/v1/payment-files/{id:guid}/content", Content)
            .RequireScope(Scopes.CashWrite).Produces<string>(contentType: "application/xml").WithTags("Refunds")
            .WithSummary("A released payment file as pain.001 for the bank");
        routes.MapGet("/v1/payment-files", List)
            .RequireScope(Scopes.CashRead).Produces<Page<PaymentFileListItem>>().WithTags("Refunds")
            .WithSummary("Payment files");
    }

    private static string? EntityOf(PaymentFile file) => file.Created?.LegalEntity;

    private static Task<IResult> Content(Guid id, HttpContext http) => ResourceEndpoint.ShowAsync(
        http, PaymentFile.Type, id, EntityOf, (file, _) => Task.FromResult(file.Status == PaymentFileStatus.Released
            ? Results.File(
                System.Text.Encoding.UTF8.GetBytes(CreditTransferFile.Write(id, file.Created!)), "application/xml",
                $"{id:N}.xml")
            : Problems.From(PaymentFileRefusals.NotReleased)));

    private static async Task<IResult> List(
        string? legalEntity, ListQuery query, EventStore store, HttpContext http)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select id, legal_entity, bank_account, currency, amount, payments, execution_date, created_at, status, " +
            "version from payment_files where (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => new PaymentFileListItem(
            row.Id, row.LegalEntity, row.BankAccount, Money.Of(row.Amount, row.Currency), row.Payments,
            row.ExecutionDate, new DateTimeOffset(row.CreatedAt, TimeSpan.Zero), row.Status, row.Version)));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string LegalEntity { get; init; } = "";
        public string BankAccount { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal Amount { get; init; }
        public int Payments { get; init; }
        public DateOnly ExecutionDate { get; init; }
        public DateTime CreatedAt { get; init; }
        public string Status { get; init; } = "";
        public long Version { get; init; }
    }
}
