using System.Text.Json;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Bureau;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A case in the list; <c>status=in-review</c> is the queue.</summary>
public sealed record ApplicationItem(
    Guid Id, string Kind, ApplicationStatus Status, Guid CustomerId, string CustomerName, string LegalEntity,
    Money RequestedLimit, string? RequestedTerms, string Trigger, DateTimeOffset SubmittedAt, string SubmittedBy,
    int? Score, string? RiskClass, Recommendation? Recommendation, DateTimeOffset? DueBy, bool IsOverdue,
    string? AssignedTo, Guid? ApprovalId, Money? Granted, DateTimeOffset? DecidedAt, string? DecidedBy);

/// <summary>Why a case was judged so.</summary>
/// <param name="Assessment">Everything the judgement rests on and what it came to.</param>
/// <param name="Policy">The policy that was applied.</param>
/// <param name="IsReproduced">Judged again on the same facts under the same policy, the same came out.</param>
/// <param name="Replayed">What came out now.</param>
public sealed record ApplicationExplanation(
    Assessment Assessment, NumberedPolicy Policy, bool IsReproduced, Assessment Replayed);

/// <summary>
/// <c>GET /v1/credit/applications/{id}</c> and its explanation and report; <c>GET /v1/credit/applications</c>, and
/// <c>GET /v1/credit/reviews</c> for those a person must decide, the most urgent first.
/// </summary>
public static class ReadApplications
{
    private const string Select =
        "select a.application_id as Id, a.kind as Kind, a.status as Status, a.customer_id as CustomerId, " +
        "a.customer_name as CustomerName, a.legal_entity as LegalEntity, a.requested as Requested, " +
        "a.currency as Currency, a.requested_terms as RequestedTerms, a.trigger as Trigger, " +
        "a.submitted_at as SubmittedAt, a.submitted_by as SubmittedBy, a.score as Score, " +
        "a.risk_class as RiskClass, a.recommendation as Recommendation, a.due_by as DueBy, " +
        "a.assigned_to as AssignedTo, a.approval_id as ApprovalId, a.granted as Granted, " +
        "a.decided_at as DecidedAt, a.decided_by as DecidedBy " +
        "from credit_applications a where (@statuses::text[] is null or a.status = any(@statuses)) " +
        "and (@kind::text is null or a.kind = @kind) and (@customerId::uuid is null or a.customer_id = @customerId) " +
        "and (@assignedTo::text is null or a.assigned_to = @assignedTo) " +
        "and (@overdue::boolean is null or (a.due_by < @now and a.status <> 'information-needed') = @overdue) " +
        "and (@legalEntity::text is null or a.legal_entity = @legalEntity) " +
        "and (@entities::text[] is null or a.legal_entity = any(@entities))";

    private static readonly string[] Queue = ["in-review", "information-needed", "awaiting-approval"];

    private static readonly SortOrder<Row> Order =
        new SortOrder<Row>("a.application_id", row => row.Id, standard: "-submittedAt")
            .By("submittedAt", "a.submitted_at", row => row.SubmittedAt)
            .By("dueBy", "coalesce(a.due_by, timestamptz '9999-01-01')", row => row.DueBy ?? NeverDue)
            .By("requestedLimit", "a.requested", row => row.Requested);

    private static readonly DateTimeOffset NeverDue = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        ResourceEndpoint.Map(
            routes, "/v1/credit/applications", ApplicationStream.Type, Scopes.CreditRead, EntityOf, ApplicationView.Of,
            "A case with its folder");
        routes.MapGet("/v1/credit/applications/{id:guid}/explanation", ExplainAsync)
            .RequireScope(Scopes.CreditRead).Produces<ApplicationExplanation>()
            .WithSummary("Why a case was judged so, and whether it would be again");
        routes.MapGet("/v1/credit/applications/{id:guid}/bureau-report", ReportAsync)
            .RequireScope(Scopes.CreditRead).Produces<BureauReportReceived>()
            .WithSummary("What the bureau answered, as it came");
        routes.MapGet("/v1/credit/applications", ListAsync)
            .RequireScope(Scopes.CreditRead).Produces<Page<ApplicationItem>>().WithSummary("Cases");
        routes.MapGet("/v1/credit/reviews", QueueAsync)
            .RequireScope(Scopes.CreditRead).Produces<Page<ApplicationItem>>()
            .WithSummary("Cases that wait for a person, the most urgent first");
    }

    private static string? EntityOf(CreditApplication application) => application.Submitted?.LegalEntity;

    private static Task<IResult> ExplainAsync(
        Guid id, HttpContext http, EventStore store, CancellationToken cancellation) =>
        ResourceEndpoint.ShowAsync(http, ApplicationStream.Type, id, EntityOf, async (application, version) =>
        {
            if (application.Assessment is not { } assessment)
                return Problems.From(Refusal.NotFound("assessment of case", id));
            var policy = await ReadPolicies.FindAsync(
                store.Database, application.Submitted!.LegalEntity, assessment.Policy, cancellation);
            if (policy is null)
                return Problems.From(Refusal.NotFound("policy", assessment.Policy));
            var again = Assessor.Again(assessment, policy);
            return Reply.Ok(
                new ApplicationExplanation(assessment, policy, Text(again) == Text(assessment), again), version);
        });

    private static Task<IResult> ReportAsync(
        Guid id, HttpContext http, EventStore store, CancellationToken cancellation) =>
        ResourceEndpoint.ShowAsync(http, ApplicationStream.Type, id, EntityOf, async (application, _) =>
        {
            var wanted = application.Assessment?.Consultation.ReportId;
            var answers = await store.HistoryAsync(BureauStream.Id(application.Submitted!.CustomerId), cancellation);
            return answers.Select(e => e.Data).OfType<BureauReportReceived>()
                .FirstOrDefault(answer => answer.ReportId == wanted) is { } report
                    ? Reply.Ok(report)
                    : Problems.From(Refusal.NotFound("bureau report of case", id));
        });

    private static Task<IResult> QueueAsync(
        HttpContext http, ListQuery query, EventStore store, TimeProvider clock, string? legalEntity,
        string? assignedTo, string? kind, bool? overdue) => ReadAsync(
        http, query with { Sort = query.Sort ?? "dueBy" }, store, clock,
        new Filter(Queue, legalEntity, assignedTo, kind, overdue, null));

    private static Task<IResult> ListAsync(
        HttpContext http, ListQuery query, EventStore store, TimeProvider clock, string? status, string? legalEntity,
        string? kind, Guid? customerId) =>
        ReadAsync(
            http, query, store, clock,
            new Filter(
                EnumFilter.Text<ApplicationStatus>("status", status) is { } asked ? [asked] : null, legalEntity, null,
                kind, null, customerId));

    private static async Task<IResult> ReadAsync(
        HttpContext http, ListQuery query, EventStore store, TimeProvider clock, Filter filter)
    {
        var now = clock.GetUtcNow();
        var rows = await store.ReadPageAsync(
            http, Order.For(query), Select, filter.LegalEntity,
            new { filter.Statuses, filter.AssignedTo, filter.Kind, filter.Overdue, filter.CustomerId, now });
        return Listing.Result(http, rows.Select(row => row.Item(now)));
    }

    private static string Text(Assessment assessment) => JsonSerializer.Serialize(assessment, Json.Stored);

    private sealed record Filter(
        string[]? Statuses, string? LegalEntity, string? AssignedTo, string? Kind, bool? Overdue, Guid? CustomerId);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Kind { get; init; } = "";
        public string Status { get; init; } = "";
        public Guid CustomerId { get; init; }
        public string CustomerName { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public decimal Requested { get; init; }
        public string Currency { get; init; } = "";
        public string? RequestedTerms { get; init; }
        public string Trigger { get; init; } = "";
        public DateTimeOffset SubmittedAt { get; init; }
        public string SubmittedBy { get; init; } = "";
        public int? Score { get; init; }
        public string? RiskClass { get; init; }
        public string? Recommendation { get; init; }
        public DateTimeOffset? DueBy { get; init; }
        public string? AssignedTo { get; init; }
        public Guid? ApprovalId { get; init; }
        public decimal? Granted { get; init; }
        public DateTimeOffset? DecidedAt { get; init; }
        public string? DecidedBy { get; init; }

        public ApplicationItem Item(DateTimeOffset now) => new(
            Id, Kind, Enum.Parse<ApplicationStatus>(Status.Replace("-", "", StringComparison.Ordinal), true),
            CustomerId, CustomerName, LegalEntity, Money.Of(Requested, Currency), RequestedTerms, Trigger, SubmittedAt,
            SubmittedBy, Score, RiskClass,
            Recommendation is null ? null : Enum.Parse<Recommendation>(Recommendation, true), DueBy,
            DecidedAt is null && Status != "information-needed" && DueBy < now, AssignedTo, ApprovalId,
            Granted is { } granted ? Money.Of(granted, Currency) : null, DecidedAt, DecidedBy);
    }
}
