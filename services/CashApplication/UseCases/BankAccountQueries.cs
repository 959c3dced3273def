using Dapper;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Reads of bank accounts.</summary>
public static class BankAccountQueries
{
    private static readonly SortOrder<BankAccountRow> Order = new("code", row => row.Code);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/bank-accounts/{code}", Get)
            .RequireScope(Scopes.CashRead).Produces<BankAccountView>().WithTags("Bank accounts")
            .WithSummary("One bank account");
        routes.MapGet("/v1/bank-accounts", List)
            .RequireScope(Scopes.CashRead).Produces<Page<BankAccountView>>().WithTags("Bank accounts")
            .WithSummary("Bank accounts");
        HistoryEndpoint.Map(routes, "/v1/bank-accounts/{code}/history", BankAccountStream.Type, Scopes.CashRead,
            account => account.Definition?.LegalEntity,
            values => values["code"]?.ToString() is { } code ? BankAccountStream.IdOf(code) : null)
                .WithTags("Bank accounts");
    }

    private static async Task<IResult> Get(string code, EventStore store, HttpContext http)
    {
        var account = await store.LoadAsync(BankAccountStream.Type, BankAccountStream.IdOf(code), http.RequestAborted);
        if (account.State.Definition is not { } definition)
            return Problems.From(BankAccountRefusals.NotFound(code));
        return Caller.Of(http).Deny(definition.LegalEntity) is { } denied
            ? Problems.From(denied)
            : Reply.Ok(DefineBankAccount.ViewOf(account.State, account.Version), account.Version);
    }

    private static async Task<IResult> List(string? legalEntity, ListQuery query, EventStore store, HttpContext http)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<BankAccountRow>(new CommandDefinition(
            "select code, legal_entity, currency, iban, account_number, bank_code, ledger_account, lockbox_by_file, " +
            "ach_by_file, notifications_by_file, last_statement, last_closing, last_day, version, " +
            "closed_on, fee_account, charges_account from bank_accounts " +
            "where (@legalEntity::text is null or legal_entity = @legalEntity) " +
            "and (@entities::text[] is null or legal_entity = any(@entities)) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => new BankAccountView(
            row.Code, row.LegalEntity, row.Currency, row.Iban, row.AccountNumber, row.BankCode, row.LedgerAccount,
            new DetailByFile(row.LockboxByFile, row.AchByFile, row.NotificationsByFile), row.LastStatement,
            row.LastClosing is { } closing ? Money.Of(closing, row.Currency) : null, row.LastDay, row.Version,
            row.ClosedOn, row.FeeAccount, row.ChargesAccount)));
    }
}
