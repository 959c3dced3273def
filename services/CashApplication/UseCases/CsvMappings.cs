using System.Text.Json;
using Dapper;
using OrderToCash.CashApplication.Statements.Formats.Csv;
using OrderToCash.CashApplication.Statements.Mappings;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A named mapping and its version.</summary>
public sealed record CsvMappingView(string Code, CsvMapping Mapping, long Version);

/// <summary><c>/v1/csv-mappings</c>: how the CSV of each bank is read, as data.</summary>
public static class CsvMappings
{
    private const int MaxCodeLength = 40;

    private static readonly SortOrder<Row> Order = new("code", row => row.Code);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/csv-mappings/{code}", Define)
            .RequireScope(Scopes.CashWrite)
            .Produces<CsvMappingView>().Produces<CsvMappingView>(StatusCodes.Status201Created)
            .WithTags("CSV mappings").WithSummary("Says how the CSV of a bank is read");
        routes.MapGet("/v1/csv-mappings/{code}", Get)
            .RequireScope(Scopes.CashRead).Produces<CsvMappingView>()
            .WithTags("CSV mappings").WithSummary("One CSV mapping");
        routes.MapGet("/v1/csv-mappings", List)
            .RequireScope(Scopes.CashRead).Produces<Page<CsvMappingView>>()
            .WithTags("CSV mappings").WithSummary("CSV mappings");
    }

    private static async Task<IResult> Define(string code, CsvMapping mapping, HttpCommand command)
    {
        if (code.Length > MaxCodeLength
            || !code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            return await command.RefuseAsync(InvalidCode);
        }

        if (command.Caller.Deny(Caller.AllEntities) is not null)
            return await command.RefuseAsync(EveryEntity);
        if (mapping.Check() is { } wrong)
            return await command.RefuseAsync(new Refusal("invalid-mapping", wrong.Reason, Field: $"/{wrong.Field}"));
        var wanted = new CsvMappingDefined(code, mapping);
        return await command.DecideAsync(
            CsvMappingStream.Type, CsvMappingStream.IdOf(code),
            known => Same(known.Definition, wanted) ? Decision.Nothing : Decision.Of(wanted),
            decided =>
            {
                var view = new CsvMappingView(code, decided.State.Definition!.Mapping, decided.Version);
                return decided is { Version: 1, Events.Count: 1 }
                    ? Reply.Created($"/v1/csv-mappings/{code}", view, decided.Version)
                    : Reply.Ok(view, decided.Version);
            });
    }

    private static readonly Refusal InvalidCode =
        new("invalid-code", "A code has 1 to 40 letters, digits, hyphens or underscores.", Field: "/code");

    private static readonly Refusal EveryEntity = new("entity-not-allowed",
        "A CSV mapping reads the files of every legal entity; your token does not cover all of them.",
        RefusalKind.Forbidden);

    private static bool Same(CsvMappingDefined? known, CsvMappingDefined wanted) =>
        known is not null && Text(known.Mapping) == Text(wanted.Mapping);

    private static string Text(CsvMapping mapping) => JsonSerializer.Serialize(mapping, Json.Stored);

    private static async Task<IResult> Get(string code, EventStore store, HttpContext http)
    {
        var (mapping, version) = await store.LoadAsync(
            CsvMappingStream.Type, CsvMappingStream.IdOf(code), http.RequestAborted);
        return mapping.Definition is { } definition
            ? Reply.Ok(new CsvMappingView(code, definition.Mapping, version), version)
            : Problems.From(Refusal.NotFound("CSV mapping", code));
    }

    private static async Task<IResult> List(ListQuery query, EventStore store, HttpContext http)
    {
        var page = Order.For(query);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"select code, mapping::text as mapping, version from csv_mappings where {page.Where} " +
            $"order by {page.OrderBy} limit {page.Limit}",
            new DynamicParameters(page.Parameters), cancellationToken: http.RequestAborted));
        return Listing.Result(http, page.Page(rows.AsList()).Select(row => new CsvMappingView(
            row.Code, JsonSerializer.Deserialize<CsvMapping>(row.Mapping, Json.Stored)!, row.Version)));
    }

    private sealed record Row(string Code, string Mapping, long Version);
}
