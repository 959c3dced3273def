using Microsoft.Extensions.Options;
using OrderToCash.Approvals;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Notices.Messages;
using OrderToCash.Collections.OverdueStates;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.Promises;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Reviews;
using OrderToCash.Collections.Targets;
using OrderToCash.Collections.Tasks;
using OrderToCash.Collections.UseCases;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections;

/// <summary>What the service is made of.</summary>
public static class CollectionsService
{
    /// <summary>Its name in telemetry, documents and events of its own doing.</summary>
    public const string Name = "collections";

    /// <summary>Stored names, read models, messages and mail.</summary>
    public static WebApplicationBuilder AddCollections(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddEventStore(AddEvents);
        builder.AddMessaging(Name, messages => messages
            .Publish(CollectionsPublications.Create())
            .Endpoint<CustomersConsumer>("collections-customers", MessagingOptions.RowsTogether)
            .Endpoint<MergedCustomersConsumer>(MergedCustomersConsumer.Queue)
            .Endpoint<OpenItemsConsumer>("collections-open-items", MessagingOptions.RowsTogether)
            .Endpoint<InvoiceReferencesConsumer>(InvoiceReferencesConsumer.Queue, MessagingOptions.RowsTogether)
            .Endpoint<CreditMemosConsumer>(CreditMemosConsumer.Queue)
            .Endpoint<ReceiptsConsumer>("collections-receipts", MessagingOptions.RowsTogether)
            .Endpoint<LikelyPayersConsumer>(LikelyPayersConsumer.Queue)
            .Endpoint<ExchangeRatesConsumer>(ExchangeRatesConsumer.Queue)
            .Endpoint<DeductionsConsumer>(DeductionsConsumer.Queue)
            .Endpoint<AnswersConsumer>(AnswersConsumer.Queue)
            .Endpoint<CreditConsumer>(CreditConsumer.Queue)
            .Endpoint<CreditRisksConsumer>(CreditRisksConsumer.Queue)
            .Endpoint<LetterheadsConsumer>(LetterheadsConsumer.Queue)
            .Endpoint<StatementBouncesConsumer>(StatementBouncesConsumer.Queue)
            .ApprovalMatrices(Name));
        builder.AddMailer().AddPdfPrinter();
        AddOptOut(builder);
        AddMessages(builder);
        services.AddSingleton<NoticeWriter>();
        services.AddSingleton<WorkHandover>();
        services.AddSingleton<DunningFactsReader>();
        services.AddSingleton<DunningPlans>();
        services.AddSingleton<DunningPreviews>();
        services.AddSingleton<DunningRunner>();
        services.AddSingleton<SimulationReader>();
        services.AddSingleton<Customers>();
        services.AddSingleton<LegalEntities>();
        services.AddSingleton<Letterheads>();
        services.AddSingleton<OpenItems>();
        services.AddSingleton<PlanMoneyReader>();
        services.AddSingleton<ContactBook>();
        services.AddSingleton<CallBook>();
        services.AddSingleton<ContactHistory>();
        services.AddSingleton<InvoicesAtCap>();
        services.AddSingleton<EvidenceReader>();
        services.AddSingleton<Recommender>();
        services.AddSingleton<WorkFactsReader>();
        services.AddSingleton<PolicyBook>();
        services.AddSingleton<PlaybookBook>();
        services.AddSingleton<ForecastReader>();
        services.AddSingleton<ForecastScores>();
        services.AddSingleton<ResultsReader>();
        AddReviews(services);
        services.AddApprovals(approvals => approvals
            .Kind<ProposePlan.Wish>(ApprovalKinds.PaymentPlan, ProposePlan.CarryOutAsync, ProposePlan.EndAsync)
            .Kind<Recommend.Wish>(ApprovalKinds.Suspension, Recommend.CarryOutAsync, Recommend.EndAsync)
            .Kind<Recommend.Wish>(ApprovalKinds.Termination, Recommend.CarryOutAsync, Recommend.EndAsync)
            .Kind<Recommend.Wish>(ApprovalKinds.WriteOff, Recommend.CarryOutAsync, Recommend.EndAsync)
            .Kind<PlaceWithAgency.Wish>(
                ApprovalKinds.AgencyPlacement, PlaceWithAgency.CarryOutAsync, PlaceWithAgency.EndAsync));
        services.AddHostedService<StandardPlaybook>();
        services.AddHostedService<ForecastKeeper>();
        services.AddHostedService<DunningClock>();
        services.AddHostedService<DunningRunsUnderWay>();
        services.AddHostedService<PutOffNotices>();
        services.AddSubscription<NoticeSender>();
        return builder;
    }

    private static void AddOptOut(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<OptOutOptions>().Bind(builder.Configuration.GetSection("OptOut"))
            .Validate(
                options => options.IsValid,
                "OptOut: Address is where the gateway is reached from outside, by https and with a slash at its end, " +
                "and needs a Key; Key and PreviousKeys are at least 32 bytes in base64.")
            .ValidateOnStart();
        builder.Services.AddSingleton<OptOutLinks>();
    }

    private static void AddMessages(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<MessagesOptions>().Bind(builder.Configuration.GetSection("Messages"))
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<MessagesOptions>, MessagesOptionsValidator>();
        builder.Services.AddSingleton<Messenger>();
    }

    /// <summary>What can be asked.</summary>
    public static WebApplication MapCollections(this WebApplication app)
    {
        GetWorklist.Map(app);
        AssignCollector.Map(app);
        AssignPlaybook.Map(app);
        DefinePlaybook.Map(app);
        GetPlaybooks.Map(app);
        SimulatePlaybook.Map(app);
        StartDunningRun.Map(app);
        GetDunningRun.Map(app);
        GetNotices.Map(app);
        PostLetters.Map(app);
        LogActivity.Map(app);
        app.MapApprovals(Scopes.CollectionsRead, Scopes.CollectionsWrite);
        DefinePolicy.Map(app);
        MakePromise.Map(app);
        GetPromises.Map(app);
        ProposePlan.Map(app);
        CancelPlan.Map(app);
        GetPlans.Map(app);
        PlaceHold.Map(app);
        GetHolds.Map(app);
        OpenDispute.Map(app);
        DecideDispute.Map(app);
        GetDisputes.Map(app);
        AttemptContact.Map(app);
        GetContactAttempts.Map(app);
        StateConsent.Map(app);
        OptOut.Map(app);
        WorkTasks.Map(app);
        RaiseEscalation.Map(app);
        Recommend.Map(app);
        GetRecommendations.Map(app);
        PlaceWithAgency.Map(app);
        GetPlacements.Map(app);
        FinishWork.Map(app);
        DefinePortfolio.Map(app);
        ReassignCustomers.Map(app);
        MakeForecast.Map(app);
        GetForecasts.Map(app);
        SetTargets.Map(app);
        CollectionResults.Map(app);
        RollRates.Map(app);
        GetOverdueStates.Map(app);
        PreviewTemplate.Map(app);
        return app;
    }

    /// <summary>What is seen to whenever a customer is looked at, in this order.</summary>
    private static void AddReviews(IServiceCollection services)
    {
        services.AddSingleton<ReviewQueue>();
        services.AddSingleton<DayBook>();
        services.AddSingleton<IReviewStep, FollowMerges>();
        services.AddSingleton<IReviewStep, HearConsents>();
        services.AddSingleton<IReviewStep, JudgePromises>();
        services.AddSingleton<IReviewStep, JudgePlans>();
        services.AddSingleton<IReviewStep, ExpireHolds>();
        services.AddSingleton<IReviewStep, WatchDisputes>();
        services.AddSingleton<IReviewStep, WatchEscalations>();
        services.AddSingleton<IReviewStep, AccountPlacements>();
        services.AddSingleton<IReviewStep, WatchPlacements>();
        services.AddSingleton<IReviewStep, CureRecommendations>();
        services.AddSingleton<IReviewStep, CancelTasks>();
        services.AddSingleton<IReviewStep, WithdrawLetters>();
        services.AddSingleton<IReviewStep, AssignByRules>();
        services.AddSingleton<IReviewStep, FollowOverdueStates>();
        services.AddSingleton<IReviewStep, RenewCalls>();
        services.AddSingleton<IReviewStep, WriteWorklist>();
        services.AddHostedService<CustomerReviewer>();
    }

    public static void AddEvents(EventStoreOptions options)
    {
        AddDunningEvents(options.Types);
        AddAgreementEvents(options.Types);
        AddDisputeEvents(options.Types);
        AddContactEvents(options.Types);
        AddFollowUpEvents(options.Types);
        AddRecommendationEvents(options.Types);
        AddPortfolioEvents(options.Types);
        options.Schema<Playbook>(Name);
        options.Inline(new NoticesProjection());
        options.Inline(new ReminderFeesProjection());
        options.Inline(new DunningRunsProjection());
        options.Inline(new ContactLogProjection());
        options.Inline(new CollectorsProjection());
        options.Inline(new PlaybooksProjection());
        options.Inline(new PromisesProjection());
        options.Inline(new PaymentPlansProjection());
        options.Inline(new HoldsProjection());
        options.Inline(new DisputesProjection());
        options.Inline(new ContactAttemptsProjection());
        options.Inline(new TasksProjection());
        options.Inline(new EscalationsProjection());
        options.Inline(new RecommendationsProjection());
        options.Inline(new PlacementsProjection());
        options.Inline(new OverdueStatesProjection());
        options.Inline(new ForecastsProjection());
        options.AddApprovals();
    }

    private static void AddDunningEvents(EventTypes types) => types
        .Add<PlaybookDefined>("playbook_defined")
        .Add<DunningRunDone>("dunning_run_done")
        .Add<DunningRunStarted>("dunning_run_started")
        .Add<DunningRunAdvanced>("dunning_run_advanced")
        .Add<DunningRunPartDecided>("dunning_run_part_decided")
        .Add<DunningRunFinished>("dunning_run_finished")
        .Add<NoticePrepared>("notice_prepared")
        .Add<NoticePutOff>("notice_put_off")
        .Add<NoticeTakenUp>("notice_taken_up")
        .Add<LetterQueued>("letter_queued")
        .Add<NoticeHandedOver>("notice_handed_over")
        .Add<NoticeSent>("notice_sent")
        .Add<NoticeCopied>("notice_copied")
        .Add<NoticeFailed>("notice_failed")
        .Add<NoticeWithdrawn>("notice_withdrawn")
        .Add<ReminderFeeNamed>("reminder_fee_named")
        .Add<ReminderFeeAsked>("reminder_fee_asked")
        .Add<ReminderFeeCharged>("reminder_fee_charged")
        .Add<ReminderFeeRefused>("reminder_fee_refused")
        .Add<ActivityLogged>("activity_logged");

    private static void AddAgreementEvents(EventTypes types) => types
        .Add<PromiseMade>("promise_made")
        .Add<PromiseKept>("promise_kept")
        .Add<PromisePartlyKept>("promise_partly_kept")
        .Add<PromiseBroken>("promise_broken")
        .Add<PromiseReopened>("promise_reopened")
        .Add<PromiseCancelled>("promise_cancelled")
        .Add<PlanProposed>("plan_proposed")
        .Add<PlanActivated>("plan_activated")
        .Add<PlanRejected>("plan_rejected")
        .Add<PlanBreached>("plan_breached")
        .Add<PlanReinstated>("plan_reinstated")
        .Add<PlanCompleted>("plan_completed")
        .Add<PlanCancelled>("plan_cancelled")
        .Add<PlanReschedulingAnswered>("plan_rescheduling_answered");

    private static void AddDisputeEvents(EventTypes types) => types
        .Add<HoldPlaced>("hold_placed")
        .Add<HoldExtended>("hold_extended")
        .Add<HoldReleased>("hold_released")
        .Add<HoldExpired>("hold_expired")
        .Add<DisputeOpened>("dispute_opened")
        .Add<DisputeTaken>("dispute_taken")
        .Add<DisputeChanged>("dispute_changed")
        .Add<DisputeAccepted>("dispute_accepted")
        .Add<DisputeCreditAwaited>("dispute_credit_awaited")
        .Add<DisputeCredited>("dispute_credited")
        .Add<DisputeCreditRefused>("dispute_credit_refused")
        .Add<DisputeRejected>("dispute_rejected")
        .Add<DisputeWithdrawn>("dispute_withdrawn")
        .Add<DisputeDeductionTakenBack>("dispute_deduction_taken_back")
        .Add<DisputeFellOverdue>("dispute_fell_overdue");

    private static void AddContactEvents(EventTypes types) => types
        .Add<ContactAttempted>("contact_attempted")
        .Add<ContactSuppressed>("contact_suppressed")
        .Add<ContactRuleBroken>("contact_rule_broken")
        .Add<ConsentStated>("consent_stated")
        .Add<AddressFailed>("address_failed")
        .Add<AddressRestored>("address_restored");

    private static void AddFollowUpEvents(EventTypes types) => types
        .Add<TaskCreated>("task_created")
        .Add<TaskDone>("task_done")
        .Add<TaskCancelled>("task_cancelled")
        .Add<EscalationRaised>("escalation_raised")
        .Add<EscalationAcknowledged>("escalation_acknowledged")
        .Add<EscalationMovedUp>("escalation_moved_up")
        .Add<EscalationClosed>("escalation_closed")
        .Add<OverdueStateChanged>("overdue_state_changed")
        .Add<PaymentRetryRequested>("payment_retry_requested");

    private static void AddRecommendationEvents(EventTypes types) => types
        .Add<RecommendationMade>("recommendation_made")
        .Add<RecommendationApproved>("recommendation_approved")
        .Add<RecommendationRejected>("recommendation_rejected")
        .Add<RecommendationWithdrawn>("recommendation_withdrawn")
        .Add<RecommendationCarriedOut>("recommendation_carried_out")
        .Add<RecommendationRefused>("recommendation_refused")
        .Add<RecommendationReversed>("recommendation_reversed")
        .Add<PlacementProposed>("placement_proposed")
        .Add<PlacementMade>("placement_made")
        .Add<PlacementRejected>("placement_rejected")
        .Add<CommissionAccrued>("commission_accrued")
        .Add<PlacementRecalled>("placement_recalled")
        .Add<PlacementClosed>("placement_closed");

    private static void AddPortfolioEvents(EventTypes types) => types
        .Add<CollectorAssigned>("collector_assigned")
        .Add<PlaybookAssigned>("playbook_assigned")
        .Add<WorkDone>("work_done")
        .Add<PortfolioRulesDefined>("portfolio_rules_defined")
        .Add<CollectionPolicyDefined>("collection_policy_defined")
        .Add<ForecastMade>("forecast_made")
        .Add<TargetsSet>("targets_set");
}
