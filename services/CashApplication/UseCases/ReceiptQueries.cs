using Dapper;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A receipt in a list.</summary>
public sealed record ReceiptListItem(
    Guid Id, string Number, string Status, string LegalEntity, string Method, Money Amount, Money Unapplied,
    Money Pending, Money Applied, Money Reversed, Guid? CustomerId, string? IdentifiedBy, DateOnly ValueDate,
    DateOnly PostingDate, string? PayerName, string? PayerAccount, string? Reference, string? BankAccount,
    Guid? StatementImportId, long Version);

/// <summary>Reads of receipts: the workbench.</summary>
public static class ReceiptQueries
{
    private static readonly HashSet<string> Statuses = [.. Enum.GetValues<ReceiptStatus>().Select(Names.Kebab)];

    private static readonly SortOrder<ReceiptRow> Order =
        new SortOrder<ReceiptRow>("id", row => row.Id, standard: "-valueDate")
            .By("valueDate", "value_date", row => row.ValueDate)
            .By("number", "number", row => row.Number)
            .By("amount", "amount", row => row.Amount)
            .By("unapplied", "unapplied", row => row.Unapplied);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/receipts/{id:guid}", Get)
            .RequireScope(Scopes.CashRead).Produces<ReceiptView>().WithTags("Receipts")
            .WithSummary("A receipt, its allocations, and what the rest may be for");
        routes.MapGet("/v1/receipts", List)
            .RequireScope(Scopes.CashRead).Produces<Page<ReceiptListItem>>().WithTags("Receipts")
            .WithSummary("Receipts; by status the workbench");
        HistoryEndpoint.Map(routes, "/v1/receipts/{id:guid}/history", ReceiptStream.Type, Scopes.CashRead,
            receipt => receipt.LegalEntity).WithTags("Receipts");
    }

    private static async Task<IResult> Get(Guid id, EventStore store, CashPolicy policy, HttpContext http)
    {
        var (receipt, version) = await store.LoadAsync(ReceiptStream.Type, id, http.RequestAborted);
        if (!receipt.Exists)
            return Problems.From(ReceiptRefusals.NotFound(id));
        if (Caller.Of(http).Deny(receipt.LegalEntity) is { } denied)
            return Problems.From(denied);
        var suggestions = await SuggestAsync(receipt, store, policy, http.RequestAborted);
        return Reply.Ok(ReceiptView.Of(id, receipt, version, suggestions), version);
    }

    /// <summary>What the unapplied rest may be for, as of now: invoices may have come since the receipt did.</summary>
    private static async Task<IReadOnlyList<Explanation>> SuggestAsync(
        Receipt receipt, EventStore store, CashPolicy policy, CancellationToken cancellation)
    {
        if (!receipt.Balance.Unapplied.IsPositive)
            return [];
        var payment = new Payment(receipt.Balance.Unapplied, receipt.Payer.Name, receipt.Payer.Account,
            receipt.Remittance, receipt.Balance.CustomerId);
        var candidates = await MatchCandidates.FindAsync(store.Database, receipt.LegalEntity, [payment], cancellation);
        return Matcher.Match(payment, candidates, policy.Matching).Suggestions;
    }

    private static async Task<IResult> List(
        string? status, Guid? customerId, string? legalEntity, ListQuery query, EventStore store, HttpContext http)
    {
        if (status is not null && !Statuses.Contains(status))
            return Problems.Malformed("bad-status", "/status",
                $"status is one of {string.Join(", ", Statuses.Order())}.");
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("status", status);
        parameters.Add("customerId", customerId);
        parameters.Add("legalEntity", legalEntity);
        parameters.AddEntities(http);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<ReceiptRow>(new CommandDefinition(
            "select id, number, legal_entity, method, bank_account, value_date, posting_date, import_id, payer_name, " +
            "payer_account, reference, customer_id, identified_by, currency, amount, unapplied, pending, applied, " +
            "reversed, status, version from receipts where (@status::text is null or status = @status) " +
            "and (@customerId::uuid is null or customer_id = @customerId) " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
            $"and {EntityFilter.Sql} and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(Item));
    }

    private static ReceiptListItem Item(ReceiptRow row)
    {
        return new ReceiptListItem(row.Id, row.Number, row.Status, row.LegalEntity, row.Method, Of(row.Amount),
            Of(row.Unapplied), Of(row.Pending), Of(row.Applied), Of(row.Reversed), row.CustomerId,
            row.IdentifiedBy, row.ValueDate,
            row.PostingDate, row.PayerName, row.PayerAccount, row.Reference, row.BankAccount, row.ImportId,
            row.Version);

        Money Of(decimal amount) => Money.Of(amount, row.Currency);
    }
}
