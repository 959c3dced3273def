using OrderToCash.Approvals;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.Promises;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
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
        services.AddEventStore(Required(builder, "Postgres"), AddEvents);
        services.AddMessaging(Name, Required(builder, "RabbitMq"), messages => messages
            .Publish(CollectionsPublications.Create())
            .Endpoint<CustomersConsumer>("collections-customers")
            .Endpoint<OpenItemsConsumer>("collections-open-items")
            .Endpoint<ReceiptsConsumer>("collections-receipts")
            .Endpoint<DeductionsConsumer>(DeductionsConsumer.Queue)
            .Endpoint<AnswersConsumer>(AnswersConsumer.Queue)
            .ApprovalMatrices(Name));
        builder.AddMailer();
        services.AddSingleton<NoticeWriter>();
        services.AddSingleton<DunningFactsReader>();
        services.AddSingleton<Customers>();
        services.AddSingleton<LegalEntities>();
        services.AddSingleton<OpenItems>();
        services.AddSingleton<PlanMoneyReader>();
        services.AddSingleton<PolicyBook>();
        AddReviews(services);
        services.AddApprovals(approvals => approvals
            .Kind<ProposePlan.Wish>(ApprovalKinds.PaymentPlan, ProposePlan.CarryOutAsync, ProposePlan.EndAsync));
        services.AddHostedService<StandardPlaybook>();
        services.AddSubscription(provider => ActivatorUtilities.CreateInstance<NoticeSender>(provider));
        return builder;
    }

    /// <summary>What can be asked.</summary>
    public static WebApplication MapCollections(this WebApplication app)
    {
        GetWorklist.Map(app);
        AssignCollector.Map(app);
        DefinePlaybook.Map(app);
        StartDunningRun.Map(app);
        GetDunningRun.Map(app);
        GetNotices.Map(app);
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
        return app;
    }

    /// <summary>What is seen to whenever a customer is looked at, in this order.</summary>
    private static void AddReviews(IServiceCollection services)
    {
        services.AddSingleton<ReviewQueue>();
        services.AddSingleton<DayBook>();
        services.AddSingleton<IReviewStep, JudgePromises>();
        services.AddSingleton<IReviewStep, JudgePlans>();
        services.AddSingleton<IReviewStep, ExpireHolds>();
        services.AddSingleton<IReviewStep, WatchDisputes>();
        services.AddHostedService<CustomerReviewer>();
    }

    public static void AddEvents(EventStoreOptions options)
    {
        options.Types.Add<PlaybookDefined>("playbook_defined");
        options.Types.Add<DunningRunDone>("dunning_run_done");
        options.Types.Add<NoticePrepared>("notice_prepared");
        options.Types.Add<NoticeSent>("notice_sent");
        options.Types.Add<NoticeFailed>("notice_failed");
        options.Types.Add<NoticeWithdrawn>("notice_withdrawn");
        options.Types.Add<ActivityLogged>("activity_logged");
        options.Types.Add<CollectorAssigned>("collector_assigned");
        options.Types.Add<CollectionPolicyDefined>("collection_policy_defined");
        options.Types.Add<PromiseMade>("promise_made");
        options.Types.Add<PromiseKept>("promise_kept");
        options.Types.Add<PromisePartlyKept>("promise_partly_kept");
        options.Types.Add<PromiseBroken>("promise_broken");
        options.Types.Add<PromiseReopened>("promise_reopened");
        options.Types.Add<PromiseCancelled>("promise_cancelled");
        options.Types.Add<PlanProposed>("plan_proposed");
        options.Types.Add<PlanActivated>("plan_activated");
        options.Types.Add<PlanRejected>("plan_rejected");
        options.Types.Add<PlanBreached>("plan_breached");
        options.Types.Add<PlanReinstated>("plan_reinstated");
        options.Types.Add<PlanCompleted>("plan_completed");
        options.Types.Add<PlanCancelled>("plan_cancelled");
        options.Types.Add<PlanReschedulingAnswered>("plan_rescheduling_answered");
        options.Types.Add<HoldPlaced>("hold_placed");
        options.Types.Add<HoldExtended>("hold_extended");
        options.Types.Add<HoldReleased>("hold_released");
        options.Types.Add<HoldExpired>("hold_expired");
        options.Types.Add<DisputeOpened>("dispute_opened");
        options.Types.Add<DisputeTaken>("dispute_taken");
        options.Types.Add<DisputeChanged>("dispute_changed");
        options.Types.Add<DisputeAccepted>("dispute_accepted");
        options.Types.Add<DisputeCreditAwaited>("dispute_credit_awaited");
        options.Types.Add<DisputeCredited>("dispute_credited");
        options.Types.Add<DisputeCreditRefused>("dispute_credit_refused");
        options.Types.Add<DisputeRejected>("dispute_rejected");
        options.Types.Add<DisputeWithdrawn>("dispute_withdrawn");
        options.Types.Add<DisputeFellOverdue>("dispute_fell_overdue");
        options.Schema<Playbook>(Name);
        options.Inline(new NoticesProjection());
        options.Inline(new DunningRunsProjection());
        options.Inline(new ContactLogProjection());
        options.Inline(new CollectorsProjection());
        options.Inline(new PromisesProjection());
        options.Inline(new PaymentPlansProjection());
        options.Inline(new HoldsProjection());
        options.Inline(new DisputesProjection());
        options.AddApprovals();
    }

    private static string Required(WebApplicationBuilder builder, string name) =>
        builder.Configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"Set ConnectionStrings:{name}.");
}
