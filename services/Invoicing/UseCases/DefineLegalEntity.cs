using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Registers a legal entity or changes it; the whole of it is sent each time.</summary>
public static class DefineLegalEntity
{
    /// <summary>The entity as it is to be.</summary>
    /// <param name="Name">Registered name.</param>
    /// <param name="BaseCurrency">ISO 4217 code of its books; stays once documents are numbered.</param>
    /// <param name="Country">ISO 3166 alpha-2.</param>
    /// <param name="TimeZone">IANA zone in which its days end.</param>
    /// <param name="TaxRounding">Where tax is rounded: <c>line</c> or <c>document</c>.</param>
    /// <param name="Accounts">Ledger accounts per role; a role that is not named has its standard one.</param>
    /// <param name="Calendar">Working days and what they do to due dates; without it due dates stay.</param>
    /// <param name="ApplicationRules">In what order the parts of its documents are settled, of those that are issued
    /// from then on; without it lines with their tax pro rata, then freight, then late charges.</param>
    public sealed record Request(
        string Name, string BaseCurrency, string Country, string TimeZone, TaxRounding TaxRounding = TaxRounding.Line,
        LedgerAccounts? Accounts = null, WorkingCalendar? Calendar = null, ApplicationRules? ApplicationRules = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/legal-entities/{code}", HandleAsync)
        .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin)
        .Produces<LegalEntityView>()
        .Produces<LegalEntityView>(StatusCodes.Status201Created)
        .WithSummary("Register or change a legal entity");

    private static async Task<IResult> HandleAsync(string code, Request request, HttpCommand command)
    {
        if (command.Caller.Deny(code) is { } denied)
            return await command.RefuseAsync(denied);
        var wish = new LegalEntityDefined(
            code, request.Name.Trim(), request.BaseCurrency, request.Country, request.TimeZone, request.TaxRounding,
            request.Accounts ?? LedgerAccounts.Standard, request.Calendar, request.ApplicationRules);
        var inUse = await IsInUseAsync(command.Store, code, command.Cancellation);
        return await command.DecideAsync(
            LegalEntityStream.Type,
            LegalEntityStream.Id(code),
            entity => LegalEntityDecider.Define(entity, wish, inUse),
            decided =>
            {
                var view = LegalEntityView.Of(decided.State.Definition!, decided.Version);
                return decided is { Version: 1, Events.Count: 1 }
                    ? Reply.Created($"/v1/legal-entities/{code}", view, decided.Version)
                    : Reply.Ok(view, decided.Version);
            });
    }

    /// <summary>Whoever belongs to the entity has a number of one of its series.</summary>
    private static async Task<bool> IsInUseAsync(EventStore store, string code, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(
            "select exists (select 1 from number_series where legal_entity = $1)");
        command.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = code });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
