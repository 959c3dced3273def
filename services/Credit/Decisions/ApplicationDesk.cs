using Npgsql;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Bureau;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Puts cases together and judges them: bureau, figures, behaviour, scorecard, policy. It follows the log, so a request
/// never waits for a bureau, one instance does it at a time, and after a crash it goes on where it was.
/// </summary>
public sealed class ApplicationDesk(
    EventStore store, DecisionBooks books, BureauDesk bureau, FactsReader reader, TimeProvider clock) : ISubscription
{
    /// <summary>A bureau that takes its time holds up only those that are asked for beside it.</summary>
    private const int AtOnce = 16;

    /// <inheritdoc/>
    public string Name => "CreditApplications:All";

    /// <inheritdoc/>
    public int PageSize => 64;

    /// <inheritdoc/>
    public IReadOnlyCollection<Type> Events { get; } =
    [
        typeof(ApplicationSubmitted), typeof(InformationProvided), typeof(ReassessmentRequested),
        typeof(ApplicationReopened),
    ];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var cases = events
            .Where(e => e.Data is ApplicationSubmitted or InformationProvided or ReassessmentRequested
                or ApplicationReopened)
            .Select(e => e.StreamId).Distinct();
        await Parallel.ForEachAsync(
            cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (id, token) => await AssessAsync(id, token));
        return [];
    }

    /// <summary>Judges a case that waits for it, and carries out what the policy decides by itself.</summary>
    public async Task AssessAsync(Guid applicationId, CancellationToken cancellation)
    {
        var (application, _) = await store.LoadAsync(ApplicationStream.Type, applicationId, cancellation);
        if (application is not { Submitted: { } submitted, Status: ApplicationStatus.Assessing })
            return;
        var customerId = submitted.CustomerId;
        var (account, _) = await store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
        var facts = (await books.FactsAsync(cancellation))(account);
        var policy = facts.Policy.Policy;
        var company = await Company.OfAsync(
            customerId, submitted.LegalEntity, account.Customer?.Name ?? submitted.CustomerName,
            account.Customer?.Country ?? "", store.Database, cancellation);
        var consultation = await bureau.ConsultAsync(
            company, facts.Today, policy.Applications.ReportDays, application.AsksBureau, cancellation) with
        {
            LacksNumbers = !company.AreNumbersKnown,
        };
        var known = await reader.OneAsync(customerId, facts, cancellation)
            ?? throw new InvalidOperationException($"Customer {customerId} has a case and no account.");
        var customer = known.Facts with
        {
            Report = consultation.Report,
            Financials = application.Financials ?? known.Facts.Financials,
        };
        await store.CommitAsync(
            token => BatchAsync(applicationId, customer, consultation, facts, token), cancellation);
    }

    /// <summary>
    /// Judges it on the account as it is in the write: limits and holds may have changed while the bureau was asked.
    /// </summary>
    private async Task<WriteBatch> BatchAsync(
        Guid applicationId, CustomerFacts customer, Consultation consultation, DecisionFacts facts,
        CancellationToken cancellation)
    {
        var batch = new WriteBatch(new EventMetadata(CreditService.Name, Reason: "By the policy"));
        var (application, version) = await store.LoadAsync(ApplicationStream.Type, applicationId, cancellation);
        if (application.Submitted is not { } submitted)
            return batch;
        var (account, accountVersion) = await store.LoadAsync(
            CreditAccountStream.Type, submitted.CustomerId, cancellation);
        var policy = facts.Policy.Policy;
        var assessment = Assessor.Assess(facts.Policy, Case(application, account, facts), customer, consultation);
        var decision = ApplicationDecider.Assess(
            application, assessment,
            policy.Limits.ValidDays is { } days ? facts.Today.AddDays(days) : null,
            clock.GetUtcNow().AddHours(policy.Applications.ReviewHours),
            policy.Applications.Checklists?.GetValueOrDefault(submitted.Kind));
        if (decision.Events.Count == 0)
            return batch;
        batch.Append(ApplicationStream.Type, applicationId, version, decision.Events);
        batch.Append(
            CreditAccountStream.Type, submitted.CustomerId, accountVersion,
            CaseEffects.Of(
                applicationId, submitted, account, assessment, decision.Events, facts,
                Scorecard.IsWorse(policy.Scorecard, account.Risk?.RiskClass, assessment.Score.RiskClass)
                    ? await FactorsAsync(submitted.CustomerId, cancellation)
                    : null));
        return batch;
    }

    private async Task<IReadOnlyList<RiskFactor>?> FactorsAsync(Guid customerId, CancellationToken cancellation) =>
        (await RiskHistory.LastAsync(store.Database, [customerId], cancellation)).GetValueOrDefault(customerId)
            ?.Risk.Factors;

    private static CaseFacts Case(CreditApplication application, CreditAccount account, DecisionFacts facts) => new(
        application.Submitted!.Kind, application.Submitted.RequestedLimit, application.Submitted.RequestedTerms,
        account.Customer?.Terms,
        account.Currency.Code, [.. account.HoldsOn(facts.Today).Select(hold => hold.Code)], account.Risk?.RiskClass,
        facts.Rates.Base.Code,
        facts.Rates.ByCurrency.Count == 0 ? null : facts.Rates.ByCurrency.ToDictionary(
            rate => rate.Key.Code, rate => rate.Value),
        account.Customer?.Segment, account.Limit?.Limit ?? Money.Zero(account.Currency), application.LimitBefore,
        application.KnowsLimitUntil ? account.Limit?.ExpiresOn : null,
        application.KnowsLimitUntil ? application.LimitUntilBefore : null);
}
