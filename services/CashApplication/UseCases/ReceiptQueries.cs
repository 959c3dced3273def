using Dapper;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A receipt in a list.</summary>
public sealed record ReceiptListItem(
    Guid Id, string Number, string Status, string LegalEntity, string Method, Money Amount, Money Unapplied,
    Money Pending, Money Applied, Money Reversed, Money Refunded, Money WrittenOff, Money OnAccount, Guid? CustomerId,
    string? IdentifiedBy, DateOnly ValueDate, DateOnly PostingDate, string? PayerName, string? PayerAccount,
    string? Reference, string? BankAccount, string? CheckNumber, Guid? StatementImportId, long Version);

/// <summary>Reads of receipts: the workbench.</summary>
public static class ReceiptQueries
{
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

    private static async Task<IResult> Get(Guid id, EventStore store, ReceiptMatching matching, HttpContext http)
    {
        var (receipt, version) = await store.LoadAsync(ReceiptStream.Type, id, http.RequestAborted);
        if (!receipt.Exists)
            return Problems.From(ReceiptRefusals.NotFound(id));
        if (Caller.Of(http).Deny(receipt.LegalEntity) is { } denied)
            return Problems.From(denied);

        // As of now: invoices and advices may have come since the receipt did.
        var suggestions = ReceiptMatching.PaymentOf(id, receipt) is { } payment
            ? (await matching.MatchAsync(receipt.LegalEntity, payment, http.RequestAborted)).Suggestions
            : [];
        var currency = receipt.Balance.Amount.Currency.Code;
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var situations = await CustomerSituations.OfAsync(
            connection,
            suggestions.Select(suggestion => suggestion.CustomerId)
                .Concat(receipt.Balance.CustomerId is { } owner ? [owner] : [])
                .Select(customer => (customer, receipt.LegalEntity, currency)),
            http.RequestAborted);
        return Reply.Ok(
            ReceiptView.Of(id, receipt, version, suggestions) with { Customers = [.. situations.Values] }, version);
    }

    private static async Task<IResult> List(
        string? status, bool? cleared, [AsParameters] ReceiptFilter filter, ListQuery query, EventStore store,
        HttpContext http)
    {
        var page = Order.For(query);
        var parameters = filter.Parameters(page.Parameters, Caller.Of(http));
        parameters.Add("status", EnumFilter.Text<ReceiptStatus>("status", status));
        parameters.Add("cleared", cleared);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<ReceiptRow>(new CommandDefinition(
            $"select {ReceiptRow.Columns} from receipts where (@status::text is null or status = @status) " +
            "and (@cleared::bool is null or @cleared = (import_id is not null " +
            "or (status = 'reversed' and not is_entered))) " +
            $"and {string.Join(" and ", filter.Conditions())} " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(Item));
    }

    private static ReceiptListItem Item(ReceiptRow row)
    {
        return new ReceiptListItem(row.Id, row.Number, row.Status, row.LegalEntity, row.Method, Of(row.Amount),
            Of(row.Unapplied), Of(row.Pending), Of(row.Applied), Of(row.Reversed), Of(row.Refunded),
            Of(row.WrittenOff), Of(row.OnAccount), row.CustomerId, row.IdentifiedBy, row.ValueDate,
            row.PostingDate, row.PayerName, row.PayerAccount, row.Reference, row.BankAccount, row.CheckNumber,
            row.ImportId, row.Version);

        Money Of(decimal amount) => Money.Of(amount, row.Currency);
    }
}
