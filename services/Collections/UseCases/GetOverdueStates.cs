using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.OverdueStates;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>The state that a customer's arrears have put it in.</summary>
/// <param name="State">Code of the state; null: it was in one, and nothing is wrong any more.</param>
/// <param name="EnteredOn">The day it came into it, in the legal entity's calendar.</param>
/// <param name="Retries">How often payment was tried again in it.</param>
/// <param name="Arrears">What it was judged by.</param>
public sealed record OverdueStateRow(
    Guid CustomerId, string LegalEntity, string? State, DateOnly EnteredOn, int Retries, Arrears Arrears,
    DateTimeOffset ChangedAt);

/// <summary>Shows who is in which overdue state, and how a customer came into it.</summary>
public static class GetOverdueStates
{
    private const string Select =
        "select s.customer_id, s.legal_entity, s.state, s.entered_on, s.retries, s.arrears::text, s.changed_at " +
        "from overdue_states s ";

    private static readonly SortOrder<OverdueStateRow> Order = new SortOrder<OverdueStateRow>(
            "s.customer_id", row => row.CustomerId, standard: "-changedAt")
        .By("changedAt", "s.changed_at", row => row.ChangedAt)
        .By("enteredOn", "s.entered_on", row => row.EnteredOn);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/overdue-states", List)
            .RequireScope(Scopes.CollectionsRead).Produces<Page<OverdueStateRow>>()
            .WithSummary("Customers and the states their arrears have put them in");
        routes.MapGet("/v1/collections/customers/{customerId:guid}/overdue-state", Get)
            .RequireScope(Scopes.CollectionsRead).Produces<OverdueStateRow>()
            .WithSummary("The state that a customer's arrears have put it in");
        HistoryEndpoint.Map(
            routes, "/v1/collections/customers/{customerId}/overdue-state/history", OverdueStateStream.Type,
            Scopes.CollectionsRead, state => state.LegalEntity,
            values => Guid.TryParse(values["customerId"]?.ToString(), out var id) ? OverdueStateStream.Id(id) : null);
    }

    private static Task<IResult> List(
        string? legalEntity, string? state, ListQuery query, NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where (@entities::text[] is null or s.legal_entity = any(@entities)) " +
            "and (@state is null or s.state = @state)",
            command => command.AddOptional("state", state),
            Row);

    private static async Task<IResult> Get(Guid customerId, NpgsqlDataSource database, HttpContext http)
    {
        await using var command = database.CreateCommand($"{Select} where s.customer_id = $1");
        command.Parameters.AddWithValue(customerId);
        if ((await command.ReadAsync(Row, http.RequestAborted)).SingleOrDefault() is not { } row)
            return Problems.From(Refusal.NotFound("overdue state", customerId));
        return Caller.Of(http).Deny(row.LegalEntity) is { } denied
            ? Problems.From(denied)
            : Results.Json(row, Json.Wire);
    }

    private static OverdueStateRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.Text(2), row.GetFieldValue<DateOnly>(3), row.GetInt32(4),
        JsonSerializer.Deserialize<Arrears>(row.GetString(5), Json.Stored)!, row.GetFieldValue<DateTimeOffset>(6));
}
