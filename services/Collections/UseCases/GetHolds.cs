using Npgsql;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A hold in a list.</summary>
public sealed record HoldRow(
    Guid Id, string LegalEntity, Guid CustomerId, string Kind, Guid? InvoiceId, int? Installment, Money? Amount,
    DateOnly? Until, IReadOnlyList<string> Releasers, string Reason, string Status, DateTimeOffset PlacedAt,
    string PlacedBy, DateTimeOffset? EndedAt, string? EndedBy);

/// <summary>A hold.</summary>
public sealed record HoldView(
    Guid Id, string LegalEntity, Guid CustomerId, HoldKind Kind, Guid? InvoiceId, int? Installment, Money? Amount,
    DateOnly? Until, IReadOnlyList<string> Releasers, string Reason, HoldStatus Status, long Version)
{
    internal static HoldView Of(Guid id, Hold hold, long version)
    {
        var placed = hold.Placed!;
        return new HoldView(
            id, placed.LegalEntity, placed.CustomerId, placed.Kind, placed.InvoiceId, placed.Installment,
            placed.Amount, placed.Until, placed.Releasers, placed.Reason, hold.Status, version);
    }
}

/// <summary>Shows holds.</summary>
public static class GetHolds
{
    private const string Select =
        "select h.id, h.legal_entity, h.customer_id, h.kind, h.invoice_id, h.installment, h.amount, h.currency, " +
        "h.until, h.releasers, h.reason, h.status, h.placed_at, h.placed_by, h.ended_at, h.ended_by from holds h ";

    private static readonly SortOrder<HoldRow> Order = new SortOrder<HoldRow>(
            "h.id", row => row.Id, standard: "-placedAt")
        .By("placedAt", "h.placed_at", row => row.PlacedAt)
        .By("until", "coalesce(h.until, 'infinity')", row => row.Until ?? DateOnly.MaxValue);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/holds", List)
            .RequireScope(Scopes.CollectionsRead)
            .Produces<Page<HoldRow>>()
            .WithSummary("Holds");
        ResourceEndpoint.Map(
            routes, "/v1/collections/holds", HoldStream.Type, Scopes.CollectionsRead,
            hold => hold.Placed?.LegalEntity, HoldView.Of, "A hold");
    }

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? status, string? kind, ListQuery query,
        NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where {Query.OfCustomerInStatus("h")} and (@kind is null or h.kind = @kind)",
            command =>
            {
                command.AddCustomerAndStatus<HoldStatus>(customerId, status);
                command.AddOptional("kind", EnumFilter.Text<HoldKind>("kind", kind));
            },
            Row);

    private static HoldRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.Optional<Guid>(4),
        row.Optional<int>(5), row.IsDBNull(6) ? null : row.Money(6, 7), row.Optional<DateOnly>(8),
        row.GetFieldValue<string[]>(9), row.GetString(10), row.GetString(11),
        row.GetFieldValue<DateTimeOffset>(12), row.GetString(13), row.Optional<DateTimeOffset>(14), row.Text(15));
}
