using OrderToCash.Approvals;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Integration;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Rates;
using OrderToCash.Credit.ReadModels;
using OrderToCash.Credit.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit;

/// <summary>What Credit is made of.</summary>
public static class CreditService
{
    /// <summary>Its name in telemetry, documents and events of its own doing.</summary>
    public const string Name = "credit";

    /// <summary>Adds the store, the read models, what is published and what is listened to.</summary>
    public static WebApplicationBuilder AddCredit(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddEventStore(Required("Postgres"), AddEvents);
        services.AddMessaging(Name, Required("RabbitMq"), messaging => messaging
            .Publish(CreditPublications.Create())
            .Endpoint<CustomersConsumer>("credit-customers")
            .Endpoint<ReceivablesConsumer>("credit-receivables")
            .Endpoint<CreditMemosConsumer>("credit-credit-memos")
            .Endpoint<UnappliedCashConsumer>("credit-unapplied-cash")
            .ApprovalMatrices(Name));
        services.AddApprovals();
        services.AddSingleton<DecisionBooks>();
        services.AddSingleton<GroupReader>();
        services.AddSingleton<GroupMembership>();
        services.AddSingleton<OrderDecisions>();
        services.AddSingleton<Reactions>();
        services.AddSubscription(provider => provider.GetRequiredService<Reactions>());
        services.AddSingleton<DailyRun>();
        services.AddHostedService<DayBreak>();
        return builder;

        string Required(string name) => builder.Configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"ConnectionStrings:{name} is not set.");
    }

    /// <summary>Maps the API.</summary>
    public static void MapCredit(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapApprovals(Scopes.CreditRead, Scopes.CreditWrite);
        SetLimit.Map(app);
        SetTemporaryLimit.Map(app);
        SetGroupLimit.Map(app);
        RegisterCover.Map(app);
        PlaceHold.Map(app);
        GetCreditAccount.Map(app);
        ListCreditAccounts.Map(app);
        HistoryEndpoint.Map(app, "/v1/credit/accounts/{id}/history", CreditAccountStream.Type, Scopes.CreditRead,
            account => account.Opened?.LegalEntity);
        CheckOrder.Map(app);
        DecideOrder.Map(app);
        ReleaseOrder.Map(app);
        CancelOrder.Map(app);
        GetOrderCheck.Map(app);
        ExplainOrder.Map(app);
        ListOrderChecks.Map(app);
        DefinePolicy.Map(app);
        ReadPolicies.Map(app);
        PublishRates.Map(app);
        RunDay.Map(app);
    }

    /// <summary>Stored names, schema and read models.</summary>
    public static void AddEvents(EventStoreOptions store)
    {
        ArgumentNullException.ThrowIfNull(store);
        store.Schema<CreditAccount>(Name);
        StoredNames(store.Types);
        store.Inline(new CreditAccountsProjection());
        store.Inline(new OrderChecksProjection());
        store.Inline(new ReceivablesProjection());
        store.Inline(new HoldsProjection());
        store.Inline(new CoverProjection());
        store.Inline(new PoliciesProjection());
        store.Inline(new RatesProjection());
        store.Inline(new GroupsProjection());
        store.AddApprovals();
    }

    /// <summary>Names under which events are stored, for ever.</summary>
    public static void StoredNames(EventTypes types) => types
        .Add<AccountOpened>("account_opened")
        .Add<CustomerKnown>("customer_known")
        .Add<GroupsAssigned>("groups_assigned")
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
        .Add<OrderCancelled>("order_cancelled")
        .Add<OrderExpired>("order_expired")
        .Add<ReservationConverted>("reservation_converted")
        .Add<ReservationRestored>("reservation_restored")
        .Add<HoldPlaced>("hold_placed")
        .Add<HoldReleased>("hold_released")
        .Add<CoverRegistered>("cover_registered")
        .Add<CoverEnded>("cover_ended")
        .Add<RiskAssessed>("risk_assessed")
        .Add<PolicyDefined>("policy_defined")
        .Add<RatesPublished>("rates_published")
        .Add<GroupLimitSet>("group_limit_set")
        .Add<GroupLimitRemoved>("group_limit_removed")
        .Add<GroupOrderDecided>("group_order_decided");
}
