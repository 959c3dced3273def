using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>A recommendation in a list.</summary>
/// <param name="Score">0 to 100: how little is to be expected.</param>
/// <param name="Detail">Why it was not approved, refused or withdrawn; or null.</param>
public sealed record RecommendationRow(
    Guid Id, string LegalEntity, Guid CustomerId, string Kind, Money Amount, int Items, int Score, string Reason,
    Guid? ApprovalId, string Status, string? Detail, DateTimeOffset MadeAt, string MadeBy, DateTimeOffset? SettledAt);

/// <summary>A recommendation with its evidence.</summary>
public sealed record RecommendationView(
    Guid Id, string LegalEntity, Guid CustomerId, RecommendationKind Kind, Money Amount,
    IReadOnlyList<RecommendedItem> Items, Evidence Evidence, string Reason, Guid? ApprovalId,
    RecommendationStatus Status, long Version)
{
    internal static RecommendationView Of(Guid id, Recommendation recommendation, long version)
    {
        var made = recommendation.Made!;
        return new RecommendationView(
            id, made.LegalEntity, made.CustomerId, made.Kind, made.Amount, made.Items, made.Evidence, made.Reason,
            made.ApprovalId, recommendation.Status, version);
    }
}

/// <summary>Shows recommendations.</summary>
public static class GetRecommendations
{
    private const string Select =
        "select r.id, r.legal_entity, r.customer_id, r.kind, r.currency, r.amount, r.items, r.score, r.reason, " +
        "r.approval_id, r.status, r.detail, r.made_at, r.made_by, r.settled_at from recommendations r ";

    private static readonly SortOrder<RecommendationRow> Order = new SortOrder<RecommendationRow>(
            "r.id", row => row.Id, standard: "-madeAt")
        .By("madeAt", "r.made_at", row => row.MadeAt)
        .By("amount", "r.amount", row => row.Amount.Amount)
        .By("score", "r.score", row => row.Score);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/collections/recommendations", List)
            .RequireScope(Scopes.CollectionsRead).Produces<Page<RecommendationRow>>().WithSummary("Recommendations");
        ResourceEndpoint.Map(
            routes, "/v1/collections/recommendations", RecommendationStream.Type, Scopes.CollectionsRead,
            one => one.Made?.LegalEntity, RecommendationView.Of, "A recommendation with its evidence");
    }

    private static Task<IResult> List(
        Guid? customerId, string? legalEntity, string? status, string? kind, ListQuery query,
        NpgsqlDataSource database, HttpContext http) =>
        database.ListAsync(
            http, query, Order, legalEntity,
            $"{Select} where {Query.OfCustomerInStatus("r")} and (@kind is null or r.kind = @kind)",
            command =>
            {
                command.AddCustomerAndStatus<RecommendationStatus>(customerId, status);
                command.AddOptional("kind", EnumFilter.Text<RecommendationKind>("kind", kind));
            },
            Row);

    private static RecommendationRow Row(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.Money(5, 4), row.GetInt32(6),
        row.GetInt32(7), row.GetString(8), row.Optional<Guid>(9), row.GetString(10), row.Text(11),
        row.GetFieldValue<DateTimeOffset>(12), row.GetString(13), row.Optional<DateTimeOffset>(14));
}
