using System.Text.Json.Serialization;
using Npgsql;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Who looks after whom.</summary>
public sealed record PortfolioView(string LegalEntity, IReadOnlyList<PortfolioRule> Rules, long Version);

/// <summary>
/// Lays down and shows who looks after whom at a legal entity. To lay it down takes the right to run the system.
/// </summary>
public static class DefinePortfolio
{
    private const string LookAtAll =
        $"{ReviewQueue.InsertInto} select id, $2 from customers where legal_entity = $1";

    /// <summary>The rules, the first that is for a customer counts. See <see cref="WholeDocument"/>.</summary>
    /// <param name="LegalEntity">As GET shows it: that of the address.</param>
    /// <param name="Version">As GET shows it; not looked at.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Request(
        IReadOnlyList<PortfolioRule> Rules, string? LegalEntity = null, long? Version = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/v1/collections/portfolios/{legalEntity}";
        routes.MapPut(path, Handle)
            .RequireScope(Scopes.Admin).Produces<PortfolioView>()
            .WithSummary("Lay down by rules who looks after which customers");
        routes.MapGet(path, Get)
            .RequireScope(Scopes.CollectionsRead).Produces<PortfolioView>().WithSummary("Who looks after whom");
        HistoryEndpoint.Map(routes, $"{path}/history", PortfolioRulesStream.Type, Scopes.CollectionsRead,
            rules => rules.Definition?.LegalEntity,
            values => PortfolioRulesStream.Id(values["legalEntity"]?.ToString() ?? ""));
    }

    private static async Task<IResult> Handle(
        string legalEntity, Request request, HttpCommand command, LegalEntities entities)
    {
        if (command.Caller.Deny(legalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (WholeDocument.IsOfAnother("/legalEntity", request.LegalEntity, legalEntity) is { } other)
            return await command.RefuseAsync(other);
        if (await entities.FindAsync(legalEntity, command.Cancellation) is null)
            return await command.RefuseAsync(Refusal.NotFound("legal entity", legalEntity));
        var wish = new PortfolioRulesDefined(legalEntity, request.Rules);
        return await command.DecideAsync(
            PortfolioRulesStream.Type, PortfolioRulesStream.Id(legalEntity),
            rules => PortfolioRulesDecider.Define(rules, wish),
            decided => Reply.Ok(
                new PortfolioView(legalEntity, decided.State.Definition!.Rules, decided.Version), decided.Version),
            with: (batch, decided) =>
            {
                if (decided.Events.Count > 0)
                    batch.Row(All(legalEntity, command.Clock.GetUtcNow()));
            });
    }

    private static NpgsqlBatchCommand All(string legalEntity, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(LookAtAll);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return command;
    }

    private static async Task<IResult> Get(string legalEntity, EventSourcing.EventStore store, HttpContext http)
    {
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        var (rules, version) = await store.LoadAsync(
            PortfolioRulesStream.Type, PortfolioRulesStream.Id(legalEntity), http.RequestAborted);
        return Reply.Ok(new PortfolioView(legalEntity, rules.Definition?.Rules ?? [], version), version);
    }
}
