using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>One legal entity, all of them, and what happened to one.</summary>
public static class ReadLegalEntities
{
    private static readonly SortOrder<LegalEntityView> Order =
        new SortOrder<LegalEntityView>("code", row => row.Code).By("name", "name", row => row.Name);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/legal-entities/{code}", GetAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<LegalEntityView>().WithSummary("One legal entity");
        routes.MapGet("/legal-entities", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Page<LegalEntityView>>()
            .WithSummary("The legal entities you may see");
        HistoryEndpoint.Map(
            routes, "/legal-entities/{code}/history", LegalEntityStream.Type, Scopes.InvoicingRead,
            entity => entity.Definition?.Code,
            values => LegalEntityStream.Id($"{values["code"]}"));
    }

    private static async Task<IResult> GetAsync(
        string code, Caller caller, EventStore store, CancellationToken cancellation)
    {
        var (entity, version) = await store.LoadAsync(LegalEntityStream.Type, LegalEntityStream.Id(code), cancellation);
        if (entity.Definition is not { } definition)
            return Problems.From(Refusal.NotFound("legal entity", code));
        return caller.Deny(code) is { } denied
            ? Problems.From(denied)
            : Reply.Ok(LegalEntityView.Of(definition, version), version);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, CancellationToken cancellation)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        parameters.Add("entities", caller.EntityFilter());
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select code, name, base_currency, country, time_zone, tax_rounding, receivables_account, " +
            "unapplied_cash_account, tax_account, revenue_account, other_accounts, calendar, " +
            "application_rules, version " +
            "from legal_entities " +
            $"where (@entities::text[] is null or code = any(@entities)) and {page.Where} " +
            $"order by {page.OrderBy} limit {page.Limit}", parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.View)]));
    }

    private sealed class Row
    {
        public required string Code { get; init; }
        public required string Name { get; init; }
        public required string BaseCurrency { get; init; }
        public required string Country { get; init; }
        public required string TimeZone { get; init; }
        public required string TaxRounding { get; init; }
        public required string ReceivablesAccount { get; init; }
        public required string UnappliedCashAccount { get; init; }
        public required string TaxAccount { get; init; }
        public required string RevenueAccount { get; init; }
        public string? OtherAccounts { get; init; }
        public string? Calendar { get; init; }
        public string? ApplicationRules { get; init; }
        public long Version { get; init; }

        public LegalEntityView View => new(
            Code, Name, BaseCurrency, Country, TimeZone, Enum.Parse<TaxRounding>(TaxRounding),
            new LedgerAccounts(
                ReceivablesAccount, UnappliedCashAccount, TaxAccount, RevenueAccount,
                JsonPart.Read<OtherAccounts>(OtherAccounts)),
            JsonPart.Read<WorkingCalendar>(Calendar), Version,
            JsonPart.Read<ApplicationRules>(ApplicationRules));
    }
}
