using Microsoft.Extensions.Options;
using OrderToCash.Approvals;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Bureau;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Integration;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Rates;
using OrderToCash.Credit.ReadModels;
using OrderToCash.Credit.Segments;
using OrderToCash.Credit.TermsRequests;
using OrderToCash.Credit.UseCases;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit;

/// <summary>What Credit is made of.</summary>
public static class CreditService
{
    /// <summary>Its name in telemetry, documents and events of its own doing.</summary>
    public const string Name = "credit";

    /// <summary>Until a legal entity says who may give credit, this role may, and everybody else asks it.</summary>
    private const string Controller = "controller";

    /// <summary>What takes authority here.</summary>
    private static readonly string[] Kinds =
    [
        ApprovalKinds.CreditLimit, ApprovalKinds.OrderRelease, ApprovalKinds.HoldRelease, ApprovalKinds.Terms,
        ApprovalKinds.BillingSchedule,
    ];

    /// <summary>Adds the store, the read models, what is published and what is listened to.</summary>
    public static WebApplicationBuilder AddCredit(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        builder.AddEventStore(AddEvents);
        builder.AddMessaging(Name, messaging => messaging
            .Publish(CreditPublications.Create())
            .Endpoint<CustomersConsumer>("credit-customers")
            .Endpoint<CompanyNumbersConsumer>("credit-company-numbers")
            .Endpoint<ReceivablesConsumer>("credit-receivables")
            .Endpoint<CreditMemosConsumer>("credit-credit-memos")
            .Endpoint<AdjustmentsConsumer>("credit-adjustments")
            .Endpoint<UnappliedCashConsumer>("credit-unapplied-cash")
            .Endpoint<PromisesConsumer>("credit-promises")
            .Endpoint<ConductConsumer>("credit-conduct")
            .Endpoint<DunningConsumer>("credit-dunning")
            .Endpoint<OverdueStatesConsumer>("credit-overdue-states")
            .Endpoint<ExchangeRatesConsumer>("credit-exchange-rates")
            .Endpoint<BillingAgreementsConsumer>("credit-billing-agreements")
            .ApprovalMatrices(Name));
        services.AddApprovals(approvals => approvals
            .Until([.. Kinds.Select(kind => new ApprovalRule(kind, null, 1, Controller, Controller))])
            .Kind<LimitChange>(ApprovalKinds.CreditLimit, LimitChanges.CarryOutAsync, LimitChanges.EndAsync)
            .Kind<ReleaseOrder.Wish>(ApprovalKinds.OrderRelease, ReleaseOrder.CarryOutAsync, ReleaseOrder.EndAsync)
            .Kind<PlaceHold.ReleaseWish>(ApprovalKinds.HoldRelease, PlaceHold.CarryOutAsync)
            .Kind<RequestTerms.Wish>(ApprovalKinds.Terms, RequestTerms.CarryOutAsync, RequestTerms.EndAsync)
            .Kind<RequestTerms.Wish>(
                ApprovalKinds.BillingSchedule, RequestTerms.CarryOutAsync, RequestTerms.EndAsync));
        AddDecisions(services);
        AddApplications(builder);
        return builder;
    }

    private static void AddDecisions(IServiceCollection services)
    {
        services.AddSingleton<DecisionBooks>();
        services.AddSingleton<BillingSources>();
        services.AddSingleton<KnownReceipts>();
        services.AddSingleton<Incidents>();
        services.AddSingleton<GroupReader>();
        services.AddSingleton<GroupMembership>();
        services.AddSingleton<WaitingReleases>();
        services.AddSingleton<OrderDecisions>();
        services.AddSingleton<Mergers>();
        services.AddSingleton<Reactions>();
        services.AddSubscription(provider => provider.GetRequiredService<Reactions>());
        services.AddSingleton<ReviewsDue>();
        services.AddSingleton<BureauRefresh>();
        services.AddSingleton<Rescoring>();
        services.AddSingleton<CustomerFigures>();
        services.AddSingleton<DailyRun>();
        services.AddHostedService<DayBreak>();
        services.AddSingleton<AccountSnapshots>();
        services.AddHostedService(provider => provider.GetRequiredService<AccountSnapshots>());
        services.AddSingleton<LimitChanges>();
    }

    private static void AddApplications(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<BureauOptions>().Bind(builder.Configuration.GetSection("Bureau")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BureauOptions>, BureauOptionsValidator>();
        services.AddSingleton<BureauClient>();
        services.AddSingleton<BureauDesk>();
        services.AddSingleton<FactsReader>();
        services.AddSingleton<ApplicationDesk>();
        services.AddSubscription(provider => provider.GetRequiredService<ApplicationDesk>());
        if (builder.Configuration["Smtp:Host"] is { Length: > 0 })
            builder.AddMailer();
        services.AddSingleton<SalesDesk>();
        services.AddSingleton<DecisionMails>();
        services.AddSubscription(provider => provider.GetRequiredService<DecisionMails>());
        services.AddSingleton<TermsMails>();
        services.AddSubscription(provider => provider.GetRequiredService<TermsMails>());
        services.AddSingleton<DecisionMailer>();
        services.AddHostedService(provider => provider.GetRequiredService<DecisionMailer>());
        services.AddSingleton<ReviewDeadlines>();
        services.AddHostedService(provider => provider.GetRequiredService<ReviewDeadlines>());
    }

    /// <summary>Maps the API.</summary>
    public static void MapCredit(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        SetLimit.Map(app);
        SetTemporaryLimit.Map(app);
        SetGroupLimit.Map(app);
        SetSegmentLimit.Map(app);
        RegisterCover.Map(app);
        PlaceHold.Map(app);
        GetCreditAccount.Map(app);
        ShowScore.Map(app);
        ListCreditAccounts.Map(app);
        HistoryEndpoint.Map(app, "/v1/credit/accounts/{id}/history", CreditAccountStream.Type, Scopes.CreditRead,
            account => account.Opened?.LegalEntity);
        CheckOrder.Map(app);
        DecideOrder.Map(app);
        ReleaseOrder.Map(app);
        CancelOrder.Map(app);
        RecordDelivery.Map(app);
        GetOrderCheck.Map(app);
        ExplainOrder.Map(app);
        ListOrderChecks.Map(app);
        OrderHoldsReport.Map(app);
        DefinePolicy.Map(app);
        ReadPolicies.Map(app);
        PublishRates.Map(app);
        RunDay.Map(app);
        SubmitApplication.Map(app);
        DecideApplication.Map(app);
        WorkOnApplication.Map(app);
        CaseDocuments.Map(app);
        ReadApplications.Map(app);
        CompareCase.Map(app);
        ReadDecisionMails.Map(app);
        RequestTerms.Map(app);
        ReadTermsRequests.Map(app);
        RunRescoring.Map(app);
        Alerts.Map(app);
        TryPolicy.Map(app);
        Portfolio.Map(app);
        ReviewsFallingDue.Map(app);
        Overrides.Map(app);
        ReadGroups.Map(app);
        ReadSegments.Map(app);
        ListCover.Map(app);
        BackTest.Map(app);
        app.MapApprovals(Scopes.CreditRead, Scopes.CreditWrite);
    }

    /// <summary>Stored names, schema and read models.</summary>
    public static void AddEvents(EventStoreOptions store)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Schema<CreditAccount>(Name);
        StoredNames(store.Types);
        store.Inline(new CreditAccountsProjection());
        store.Inline(new OrderChecksProjection());
        store.Inline(new OrderHoldsProjection());
        store.Inline(new OverridesProjection());
        store.Inline(new ReceivablesProjection());
        store.Inline(new BalancesProjection());
        store.Inline(new HoldsProjection());
        store.Inline(new CoverProjection());
        store.Inline(new PoliciesProjection());
        store.Inline(new RatesProjection());
        store.Inline(new EntityRatesProjection());
        store.Inline(new GroupsProjection());
        store.Inline(new SegmentsProjection());
        store.Inline(new ApplicationsProjection());
        store.Inline(new BureauReportsProjection());
        store.Inline(new FinancialsProjection());
        store.Inline(new TermsRequestsProjection());
        store.Inline(new AlertsProjection());
        store.Check(SegmentsProjection.CheckLimits);
        store.AddApprovals();
    }

    /// <summary>Names under which events are stored, for ever.</summary>
    public static void StoredNames(EventTypes types) => Others(types)
        .Add<AccountOpened>("account_opened")
        .Add<CustomerKnown>("customer_known")
        .Add<GroupsAssigned>("groups_assigned")
        .Add<DuplicateAbsorbed>("duplicate_absorbed")
        .Add<DuplicateReleased>("duplicate_released")
        .Add<LimitSet>("limit_set")
        .Add<TemporaryLimitSet>("temporary_limit_set")
        .Add<TemporaryLimitWithdrawn>("temporary_limit_withdrawn")
        .Add<ReceivableRecorded>("receivable_recorded")
        .Add<UnappliedCashRecorded>("unapplied_cash_recorded")
        .Add<OpenCreditRecorded>("open_credit_recorded")
        .Add<OrderApproved>("order_approved")
        .Add<OrderHeld>("order_held")
        .Add<OrderDeclined>("order_declined")
        .Add<OrderReduced>("order_reduced")
        .Add<OrderReleased>("order_released")
        .Add<OrderReleaseRequested>("order_release_requested")
        .Add<OrderReleaseEnded>("order_release_ended")
        .Add<OrderCancelled>("order_cancelled")
        .Add<OrderExpired>("order_expired")
        .Add<ReservationConverted>("reservation_converted")
        .Add<ReservationRestored>("reservation_restored")
        .Add<DeliveryRecorded>("delivery_recorded")
        .Add<InvoiceCreditNoted>("invoice_credit_noted")
        .Add<DepositUseNoted>("deposit_use_noted")
        .Add<HoldPlaced>("hold_placed")
        .Add<HoldReleased>("hold_released")
        .Add<HoldRuleResumed>("hold_rule_resumed")
        .Add<ItemsDunned>("items_dunned")
        .Add<PaymentTakenBack>("payment_taken_back")
        .Add<CoverRegistered>("cover_registered")
        .Add<CoverEnded>("cover_ended")
        .Add<RiskAssessed>("risk_assessed")
        .Add<TermsAgreed>("terms_agreed")
        .Add<AlertAcknowledged>("alert_acknowledged");

    /// <summary>Those of all streams but accounts.</summary>
    private static EventTypes Others(EventTypes types) => types
        .Add<PolicyDefined>("policy_defined")
        .Add<RatesPublished>("rates_published")
        .Add<GroupLimitSet>("group_limit_set")
        .Add<GroupLimitRemoved>("group_limit_removed")
        .Add<GroupOrderDecided>("group_order_decided")
        .Add<SegmentLimitSet>("segment_limit_set")
        .Add<SegmentLimitRemoved>("segment_limit_removed")
        .Add<SegmentOrderDecided>("segment_order_decided")
        .Add<BureauReportReceived>("bureau_report_received")
        .Add<ApplicationSubmitted>("application_submitted")
        .Add<ApplicationAssessed>("application_assessed")
        .Add<ApplicationReferred>("application_referred")
        .Add<ApplicationOverdue>("application_overdue")
        .Add<ApplicationAssigned>("application_assigned")
        .Add<InformationRequested>("information_requested")
        .Add<InformationProvided>("information_provided")
        .Add<ReassessmentRequested>("reassessment_requested")
        .Add<ChecklistPointMarked>("checklist_point_marked")
        .Add<FolderEntryAdded>("folder_entry_added")
        .Add<ApplicationSentUp>("application_sent_up")
        .Add<ApplicationSentBack>("application_sent_back")
        .Add<ApplicationApproved>("application_approved")
        .Add<ApplicationDeclined>("application_declined")
        .Add<ApplicationReopened>("application_reopened")
        .Add<ApplicationWithdrawn>("application_withdrawn")
        .Add<TermsRequested>("terms_requested")
        .Add<CounterOffered>("counter_offered")
        .Add<CounterOfferAccepted>("counter_offer_accepted")
        .Add<TermsSentUp>("terms_sent_up")
        .Add<TermsSentBack>("terms_sent_back")
        .Add<TermsApproved>("terms_approved")
        .Add<TermsRejected>("terms_rejected")
        .Add<TermsWithdrawn>("terms_withdrawn");
}
