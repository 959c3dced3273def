using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Ways of billing that Credit has agreed on, and which of them are set up as billing schedules; those of a customer
/// with those of its duplicates, which are billed to it.
/// </summary>
public static class ReadBillingAgreements
{
    /// <summary>An agreement in the list.</summary>
    /// <param name="Id">What a billing schedule that sets it up names as its <c>agreement</c>.</param>
    /// <param name="Words">What was agreed.</param>
    /// <param name="Plan">The same as a plan; null where it is in words alone.</param>
    /// <param name="ToldAt">When Credit told of it.</param>
    /// <param name="ScheduleId">The billing schedule that sets it up; null while there is none, or one that was ended
    /// before it billed anything.</param>
    /// <param name="SupersededBy">What was agreed with the customer since, and holds in its place; null where it holds
    /// itself. A schedule that sets it up goes on until it is ended.</param>
    public sealed record Summary(
        Guid Id, string LegalEntity, Guid CustomerId, string Words, AgreedPlan? Plan, DateTimeOffset ToldAt,
        Guid? ScheduleId, Guid? SupersededBy);

    private static readonly SortOrder<Summary> Order =
        new SortOrder<Summary>("a.agreement_id", row => row.Id, standard: "toldAt")
            .By("toldAt", "a.told_at", row => row.ToldAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/billing-agreements", ListAsync)
        .RequireScope(Scopes.InvoicingRead).Produces<Page<Summary>>()
        .WithSummary("Ways of billing that Credit has agreed on; ?setUp=false those to be set up as billing schedules");

    private static async Task<IResult> ListAsync(
        HttpContext http, ListQuery query, Caller caller, EventStore store, CancellationToken cancellation,
        string? legalEntity = null, Guid? customerId = null, bool? setUp = null)
    {
        var page = Order.For(query);
        var parameters = new DynamicParameters(page.Parameters);
        var entities = caller.EntityFilter(legalEntity);
        parameters.AddDynamicParams(new { entities, legalEntity, customerId, setUp });
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            "select a.agreement_id, c.legal_entity, a.customer_id, a.words, a.plan::text as plan, a.told_at, " +
            $"s.schedule_id, {BillingAgreements.SupersededBy} as superseded_by " +
            "from billing_agreements a join customers c on c.customer_id = a.customer_id " +
            "left join billing_schedules s on s.schedule_id = a.schedule_id and not (s.ended_on is not null " +
            "and s.billed = 0 and s.next_bill_on is null and not s.is_paused and s.kind <> 'milestones') " +
            "where (@entities::text[] is null or c.legal_entity = any(@entities)) " +
            "and (@legalEntity::text is null or c.legal_entity = @legalEntity) " +
            "and (@customerId::uuid is null or a.customer_id = @customerId or c.merged_into = @customerId) " +
            "and (@setUp::boolean is null or (s.schedule_id is not null) = @setUp) " +
            $"and (@setUp::boolean is distinct from false or {BillingAgreements.SupersededBy} is null) " +
            $"and {page.Where} order by {page.OrderBy} limit {page.Limit}",
            parameters, cancellationToken: cancellation));
        return Listing.Result(http, page.Page([.. rows.Select(row => row.Summary)]));
    }

    private sealed class Row
    {
        public Guid AgreementId { get; init; }
        public required string LegalEntity { get; init; }
        public Guid CustomerId { get; init; }
        public required string Words { get; init; }
        public string? Plan { get; init; }
        public DateTimeOffset ToldAt { get; init; }
        public Guid? ScheduleId { get; init; }
        public Guid? SupersededBy { get; init; }

        public Summary Summary => new(
            AgreementId, LegalEntity, CustomerId, Words, BillingAgreements.Plan(Plan), ToldAt, ScheduleId,
            SupersededBy);
    }
}
