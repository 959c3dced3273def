using System.Text.Json;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Bureau;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Cases, the queue of those in review among them.</summary>
public sealed class ApplicationsProjection : Projection
{
    public ApplicationsProjection()
        : base("credit_applications", "credit_applications")
    {
        OnSubmission();
        OnDecision();
        OnStatus<ApplicationReferred>(ApplicationStatus.InReview);
        OnStatus<InformationRequested>(ApplicationStatus.InformationNeeded);
        On<InformationProvided>(
            "update credit_applications a set due_by = null, overdue_told = false from unnest($1) as e (id) " +
            "where a.application_id = e.id and a.status = 'information-needed'",
            rows => rows.Column(e => e.StreamId));
        OnStatus<InformationProvided>(ApplicationStatus.Assessing);
        OnStatus<ReassessmentRequested>(ApplicationStatus.Assessing);
        OnStatus<ApplicationSentBack>(back => back.IsInformationNeeded
            ? ApplicationStatus.InformationNeeded
            : ApplicationStatus.InReview);
        OnStatus<ApplicationWithdrawn>(ApplicationStatus.Withdrawn);
        On<ApplicationReferred>(
            "update credit_applications a set due_by = coalesce(a.due_by, e.due_by) " +
            "from unnest($1, $2) as e (id, due_by) where a.application_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.DueBy));
        On<ApplicationAssigned>(
            "update credit_applications a set assigned_to = e.person from unnest($1, $2) as e (id, person) " +
            "where a.application_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.To));
        On<ApplicationOverdue>(
            "update credit_applications a set assigned_to = e.person, overdue_told = true " +
            "from unnest($1, $2) as e (id, person) where a.application_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.To));
        On<ApplicationSentUp>(
            "update credit_applications a set status = 'awaiting-approval', approval_id = e.approval_id " +
            "from unnest($1, $2) as e (id, approval_id) where a.application_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.ApprovalId));
        On<ApplicationReopened>(
            "update credit_applications a set status = 'assessing', round = e.round, due_by = null, " +
            "overdue_told = false, granted = null, decided_at = null, decided_by = null, by_policy = null " +
            "from unnest($1, $2) as e (id, round) where a.application_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.Round));
    }

    private void OnSubmission()
    {
        On<ApplicationSubmitted>(
            "insert into credit_applications (application_id, kind, status, customer_id, customer_name, " +
            "legal_entity, requested, currency, requested_terms, trigger, submitted_at, submitted_by) " +
            "select id, kind, 'assessing', customer_id, name, entity, amount, currency, terms, trigger, at, by " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as e (id, kind, customer_id, name, entity, " +
            "amount, currency, terms, trigger, at, by)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Kind)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.CustomerName)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.RequestedLimit.Amount)
                .Column(e => e.Data.RequestedLimit.Currency.Code)
                .Column(e => e.Data.RequestedTerms)
                .Column(e => e.Data.Trigger)
                .Column(e => e.At)
                .Column(e => e.Data.SubmittedBy));
        On<ApplicationAssessed>(
            "update credit_applications a set score = e.score, risk_class = e.risk_class, " +
            "recommendation = e.recommendation, policy = e.policy from unnest($1, $2, $3, $4, $5) as e (id, score, " +
            "risk_class, recommendation, policy) where a.application_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Assessment.Score.Score)
                .Column(e => e.Data.Assessment.Score.RiskClass)
                .Column(e => Json.NameOf(e.Data.Assessment.Recommendation))
                .Column(e => e.Data.Assessment.Policy));
    }

    private void OnDecision()
    {
        On<ApplicationApproved>(
            "update credit_applications a set status = 'approved', granted = e.amount, decided_at = e.at, " +
            "decided_by = e.by, by_policy = e.by_policy, approval_id = e.approval_id " +
            "from unnest($1, $2, $3, $4, $5, $6) as e (id, amount, at, by, by_policy, approval_id) " +
            "where a.application_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Limit.Amount)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By)
                .Column(e => e.Data.ByPolicy)
                .Column(e => e.Data.ApprovalId));
        On<ApplicationDeclined>(
            "update credit_applications a set status = 'declined', decided_at = e.at, decided_by = e.by, " +
            "by_policy = e.by_policy from unnest($1, $2, $3, $4) as e (id, at, by, by_policy) " +
            "where a.application_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By)
                .Column(e => e.Data.ByPolicy));
    }

    private void OnStatus<TEvent>(ApplicationStatus status) => OnStatus<TEvent>(_ => status);

    private void OnStatus<TEvent>(Func<TEvent, ApplicationStatus> status) => On<TEvent>(
        "update credit_applications a set status = e.status, approval_id = null " +
        "from unnest($1, $2) as e (id, status) where a.application_id = e.id",
        rows => rows.Column(e => e.StreamId).Column(e => Json.NameOf(status(e.Data))));
}

/// <summary>The newest answer of the bureau about each customer.</summary>
public sealed class BureauReportsProjection : Projection
{
    public BureauReportsProjection()
        : base("bureau_reports", "bureau_reports")
    {
        On<BureauReportReceived>(
            "insert into bureau_reports (customer_id, report_id, received_on, is_known, subject, name, " +
            "failure_percentile, delinquency_score, paydex, max_credit, max_currency, start_year, findings) " +
            "select customer_id, report_id, day, is_known, subject, name, failure, delinquency, paydex, most, " +
            "currency, year, string_to_array(findings, ',') from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, " +
            "$11, $12, $13) as e (customer_id, report_id, day, is_known, subject, name, failure, delinquency, " +
            "paydex, most, currency, year, findings) on conflict (customer_id) do update set " +
            "report_id = excluded.report_id, received_on = excluded.received_on, is_known = excluded.is_known, " +
            "subject = excluded.subject, name = excluded.name, failure_percentile = excluded.failure_percentile, " +
            "delinquency_score = excluded.delinquency_score, paydex = excluded.paydex, " +
            "max_credit = excluded.max_credit, max_currency = excluded.max_currency, " +
            "start_year = excluded.start_year, findings = excluded.findings",
            rows => rows
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.ReportId)
                .Column(e => e.Data.On)
                .Column(e => e.Data.Report is not null)
                .Column(e => e.Data.Report?.Subject)
                .Column(e => e.Data.Report?.Name)
                .Column(e => e.Data.Report?.FailurePercentile)
                .Column(e => e.Data.Report?.DelinquencyScore)
                .Column(e => e.Data.Report?.Paydex)
                .Column(e => e.Data.Report?.MaxCredit)
                .Column(e => e.Data.Report?.MaxCreditCurrency)
                .Column(e => e.Data.Report?.StartYear)
                .Column(e => string.Join(',', e.Data.Report?.Findings ?? [])));
    }
}

/// <summary>The newest figures that were declared for each customer.</summary>
public sealed class FinancialsProjection : Projection
{
    private const string Keep =
        "insert into credit_financials as f (customer_id, content, recorded_at) " +
        "select distinct on (customer_id) customer_id, content, at from unnest($1, $2, $3) as e (customer_id, " +
        "content, at) order by customer_id, at desc " +
        "on conflict (customer_id) do update set content = excluded.content, recorded_at = excluded.recorded_at " +
        "where excluded.recorded_at >= f.recorded_at";

    public FinancialsProjection()
        : base("credit_financials", "credit_financials")
    {
        OnFigures<ApplicationSubmitted>(e => e.CustomerId, e => e.Financials);
        OnFigures<InformationProvided>(e => e.CustomerId, e => e.Financials);
    }

    private void OnFigures<TEvent>(Func<TEvent, Guid> customerId, Func<TEvent, Financials?> financials) =>
        OnEach<TEvent, (Guid CustomerId, string Content, DateTimeOffset At)>(
            e => financials(e.Data) is { } figures
                ? [(customerId(e.Data), JsonSerializer.Serialize(figures, Json.Stored), e.At)]
                : [],
            Keep,
            rows => rows.Column(e => e.CustomerId).JsonColumn(e => e.Content).Column(e => e.At));
}
