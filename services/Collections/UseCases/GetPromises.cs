using Npgsql;
using OrderToCash.Collections.Promises;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A promise in a list.</summary>
/// <param name="Received">What was applied to its items since, in time, when something last became of it.</param>
/// <param name="Level">How many earlier promises on its items were not kept or taken back.</param>
public sealed record PromiseRow(
    Guid Id, string LegalEntity, Guid CustomerId, Money Amount, Money Received, DateOnly Date, DateOnly JudgedAfter,
    int Level, string Status, string? ContactName, string? Note, DateTimeOffset MadeAt, string MadeBy);

/// <summary>A promise with its items.</summary>
public sealed record PromiseView(
    Guid Id, string LegalEntity, Guid CustomerId, Money Amount, Money Received, DateOnly Date, DateOnly JudgedAfter,
    int Level, PromiseStatus Status, IReadOnlyList<PromisedItem> Items, string? ContactName, string? Note, long Version)
{
    internal static PromiseView Of(Guid id, Promise promise, long version)
    {
        var made = promise.Made!;
        return new PromiseView(
            id, made.LegalEntity, made.CustomerId, made.Amount, promise.Received!.Value, made.PromisedFor,
            made.JudgedAfter, made.Level, promise.Status, made.Items, made.ContactName, made.Note, version);
    }
}

/// <summary>Shows promises; those that were broken stay in the list.</summary>
public static class GetPromises
{
    private const string Select =
        "select p.id, p.legal_entity, p.customer_id, p.currency, p.amount, p.received, p.promised_for, " +
        "p.judged_after, p.level, p.status, p.contact_name, p.note, p.made_at, p.made_by from promises p ";

    private static readonly SortOrder<PromiseRow> Order = new SortOrder<PromiseRow>(
            "p.id", row => row.Id, standard: "-madeAt")
        .By("madeAt", "p.made_at", row => row.MadeAt)
        .By("date", "p.promised_for", row => row.Date)
        .By("amount", "p.amount", row => row.Amount.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/promises", List)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<PromiseRow>>()
            .WithSummary("Promises to pay");
        ResourceEndpoint.Map(
            routes, "/v1/collections/promises", PromiseStream.Type, Scopes.CollectionsRead,
            promise => promise.Made?.LegalEntity, PromiseView.Of, "A promise to pay");
    }

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? status, ListQuery query, NpgsqlDataSource database,
        HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where {Query.OfCustomerInStatus("p")}",
            command => command.AddCustomerAndStatus<PromiseStatus>(customerId, status),
            Row);

    private static PromiseRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.Money(4, 3), row.Money(5, 3),
        row.GetFieldValue<DateOnly>(6), row.GetFieldValue<DateOnly>(7), row.GetInt32(8), row.GetString(9),
        row.Text(10), row.Text(11), row.GetFieldValue<DateTimeOffset>(12), row.GetString(13));
}
