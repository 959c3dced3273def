using Npgsql;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A placement in a list.</summary>
/// <param name="Received">What was settled since it was handed over.</param>
/// <param name="Commission">The agency's, on that.</param>
public sealed record PlacementRow(
    Guid Id, string LegalEntity, Guid CustomerId, string Agency, decimal CommissionPercent, Money Amount,
    Money Received, Money Commission, string Reason, Guid? ApprovalId, string Status, DateTimeOffset ProposedAt,
    string ProposedBy, DateTimeOffset? PlacedAt, DateTimeOffset? EndedAt);

/// <summary>A placement with its items.</summary>
public sealed record PlacementView(
    Guid Id, string LegalEntity, Guid CustomerId, string Agency, decimal CommissionPercent, Money Amount,
    Money Received, Money Commission, IReadOnlyList<PlacedItem> Items, string Reason, Guid? ApprovalId,
    PlacementStatus Status, long Version)
{
    internal static PlacementView Of(Guid id, Placement placement, long version)
    {
        var proposed = placement.Proposed!;
        return new PlacementView(
            id, proposed.LegalEntity, proposed.CustomerId, proposed.Agency, proposed.CommissionPercent,
            proposed.Amount, placement.Received!.Value, placement.Commission!.Value, proposed.Items, proposed.Reason,
            proposed.ApprovalId, placement.Status, version);
    }
}

/// <summary>One line of what an agency is given: an item, who owes it, and what was done about it.</summary>
/// <param name="Notices">Notices that went out for it.</param>
/// <param name="LastNoticeOn">The last of them.</param>
public sealed record PlacementPackRow(
    string CustomerNumber, string CustomerName, string? Country, string InvoiceNumber, int Installment,
    DateOnly InvoiceDate, DateOnly DueDate, Money Amount, Money Balance, int Notices, DateOnly? LastNoticeOn,
    int BrokenPromises, string Contacts);

/// <summary>Shows placements, and what the agency is given: as JSON, CSV or XLSX.</summary>
public static class GetPlacements
{
    private const string Select =
        "select p.id, p.legal_entity, p.customer_id, p.agency, p.commission_percent, p.currency, p.amount, " +
        "p.received, p.commission, p.reason, p.approval_id, p.status, p.proposed_at, p.proposed_by, p.placed_at, " +
        "p.ended_at from placements p ";

    private const string Pack =
        """
        select c.number, c.name, c.country, i.invoice_number, i.installment, coalesce(i.invoice_date, i.due_date),
               i.due_date, i.currency, i.amount, i.balance, n.notices, n.last_on, b.broken, c.contacts::text
        from placement_items p
        join open_items i on i.invoice_id = p.invoice_id and i.installment = p.installment
        join customers c on c.id = i.customer_id
        left join lateral (
            select count(*)::int as notices, max(m.date) as last_on from notice_items d
            join notices m on m.id = d.notice_id
            where d.counts and d.invoice_id = i.invoice_id and d.installment = i.installment and m.status = 'sent') n
            on true
        left join lateral (
            select count(*)::int as broken from promise_items m
            where m.failed and m.invoice_id = i.invoice_id and m.installment = i.installment) b on true
        where p.placement_id = $1 order by i.due_date, i.invoice_number, i.installment
        """;

    private static readonly SortOrder<PlacementRow> Order = new SortOrder<PlacementRow>(
            "p.id", row => row.Id, standard: "-proposedAt")
        .By("proposedAt", "p.proposed_at", row => row.ProposedAt)
        .By("amount", "p.amount", row => row.Amount.Amount);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/placements", List)
            .RequireScope(Scopes.CollectionsRead).Produces<Page<PlacementRow>>()
            .WithSummary("Placements with collection agencies");
        ResourceEndpoint.Map(
            routes, "/v1/collections/placements", PlacementStream.Type, Scopes.CollectionsRead, EntityOf,
            PlacementView.Of, "A placement");
        routes.MapGet("/v1/collections/placements/{id:guid}/pack", PackAsync)
            .RequireScope(Scopes.CollectionsRead).Produces<Page<PlacementPackRow>>()
            .WithSummary("What the agency is given, as JSON, CSV or XLSX");
    }

    private static string? EntityOf(Placement placement) => placement.Proposed?.LegalEntity;

    private static Task<IResult> PackAsync(Guid id, NpgsqlDataSource database, HttpContext http) =>
        ResourceEndpoint.ShowAsync(http, PlacementStream.Type, id, EntityOf, async (_, _) =>
        {
            await using var command = database.CreateCommand(Pack);
            command.Parameters.AddWithValue(id);
            return Listing.Result(http, new Page<PlacementPackRow>(
                await command.ReadAsync(PackRow, http.RequestAborted), null));
        });

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? status, string? agency, ListQuery query,
        NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where {Query.OfCustomerInStatus("p")} and (@agency is null or p.agency = @agency)",
            command =>
            {
                command.AddCustomerAndStatus<PlacementStatus>(customerId, status);
                command.AddOptional("agency", agency);
            },
            Row);

    private static PlacementRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetDecimal(4), row.Money(6, 5),
        row.Money(7, 5), row.Money(8, 5), row.GetString(9), row.Optional<Guid>(10), row.GetString(11),
        row.GetFieldValue<DateTimeOffset>(12), row.GetString(13), row.Optional<DateTimeOffset>(14),
        row.Optional<DateTimeOffset>(15));

    private static PlacementPackRow PackRow(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.Text(2), row.GetString(3), row.GetInt32(4),
        row.GetFieldValue<DateOnly>(5), row.GetFieldValue<DateOnly>(6), row.Money(8, 7), row.Money(9, 7),
        row.GetInt32(10), row.Optional<DateOnly>(11), row.GetInt32(12), row.GetString(13));
}
