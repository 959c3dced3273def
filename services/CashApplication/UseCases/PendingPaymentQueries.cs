using System.Text.Json;
using Dapper;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Money on its way, and what became of it.</summary>
/// <param name="Status"><c>pending</c>, <c>settled</c>, <c>failed</c> or <c>expired</c>.</param>
/// <param name="Stage">How far it is or was; see <see cref="PendingStages"/>.</param>
/// <param name="Items">What it is expected to pay; none of it is applied.</param>
/// <param name="ReceiptId">The receipt that it has become, or null.</param>
/// <param name="Reason">Why no money comes, or null.</param>
public sealed record PendingPaymentView(
    Guid Id, string LegalEntity, string Status, string Stage, string Method, Money Amount, DateOnly Since,
    DateOnly ExpectedOn, DateOnly ExpiresOn, Guid? CustomerId, Payer Payer, string? Reference, string? BankAccount,
    string? CheckNumber, string? ProcessorReference, Guid? StatementImportId, IReadOnlyList<PendingItem> Items,
    Guid? ReceiptId, string? Reason, long Version)
{
    internal static PendingPaymentView Of(Guid id, PendingPayment pending, long version)
    {
        var told = pending.Recorded!;
        return new PendingPaymentView(
            id, told.LegalEntity, pending.Status, told.Stage, told.Method, told.Amount, told.Since, told.ExpectedOn,
            told.ExpiresOn, told.CustomerId, told.Payer,
            told.Remittance.Count == 0 ? null : string.Join(' ', told.Remittance), told.BankAccount, told.CheckNumber,
            told.ProcessorReference, told.Source?.ImportId, told.Items, pending.Ended?.ReceiptId,
            pending.Ended?.Reason, version);
    }
}

/// <summary>Reads of pending payments.</summary>
public static class PendingPaymentQueries
{
    private static readonly HashSet<string> Statuses =
    [
        "pending", PendingOutcomes.Settled, PendingOutcomes.Failed, PendingOutcomes.Expired, PendingOutcomes.Replaced,
    ];

    private static readonly SortOrder<Row> Order = new SortOrder<Row>("id", row => row.Id, standard: "expectedOn")
        .By("expectedOn", "expected_on", row => row.ExpectedOn)
        .By("amount", "amount", row => row.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        ResourceEndpoint.Map(
            routes, "/v1/pending-payments", PendingPayment.Type, Scopes.CashRead,
            pending => pending.Recorded?.LegalEntity, PendingPaymentView.Of, "A pending payment");
        routes.MapGet("/v1/pending-payments", List)
            .RequireScope(Scopes.CashRead).Produces<Page<PendingPaymentView>>().WithTags("Pending payments")
            .WithSummary("Money on its way, and what became of it");
    }

    private static async Task<IResult> List(
        string? status, string? legalEntity, Guid? customerId, ListQuery query, EventStore store, HttpContext http)
    {
        if (status is not null && !Statuses.Contains(status))
        {
            return Problems.Malformed(
                "bad-status", "/status", $"status is one of {string.Join(", ", Statuses.Order())}.");
        }

        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("customerId", customerId);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select id, legal_entity, status, stage, method, amount, currency, since, expected_on, expires_on, " +
            "customer_id, payer_name, payer_account, payer_bank, reference, bank_account, check_number, " +
            "processor_reference, import_id, items::text as items, receipt_id, reason, version from pending_payments " +
            "where (@status::text is null or status = @status) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@customerId::uuid is null or customer_id = @customerId) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => row.ToView()));
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string LegalEntity { get; init; } = "";
        public string Status { get; init; } = "";
        public string Stage { get; init; } = "";
        public string Method { get; init; } = "";
        public decimal Amount { get; init; }
        public string Currency { get; init; } = "";
        public DateOnly Since { get; init; }
        public DateOnly ExpectedOn { get; init; }
        public DateOnly ExpiresOn { get; init; }
        public Guid? CustomerId { get; init; }
        public string? PayerName { get; init; }
        public string? PayerAccount { get; init; }
        public string? PayerBank { get; init; }
        public string? Reference { get; init; }
        public string? BankAccount { get; init; }
        public string? CheckNumber { get; init; }
        public string? ProcessorReference { get; init; }
        public Guid? ImportId { get; init; }
        public string Items { get; init; } = "";
        public Guid? ReceiptId { get; init; }
        public string? Reason { get; init; }
        public long Version { get; init; }

        public PendingPaymentView ToView() => new(
            Id, LegalEntity, Status, Stage, Method, Money.Of(Amount, Currency), Since, ExpectedOn, ExpiresOn,
            CustomerId, new Payer(PayerName, PayerAccount, PayerBank), Reference, BankAccount, CheckNumber,
            ProcessorReference, ImportId, JsonSerializer.Deserialize<PendingItem[]>(Items, Json.Stored)!, ReceiptId,
            Reason, Version);
    }
}
