using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Integration;
using OrderToCash.Credit.ReadModels;
using OrderToCash.Credit.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit;

/// <summary>What Credit is made of.</summary>
public static class CreditService
{
    /// <summary>Adds the store, the read models, what is published and what is listened to.</summary>
    public static WebApplicationBuilder AddCredit(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddEventStore(Required("Postgres"), store =>
        {
            store.Schema<CreditAccount>("credit");
            StoredNames(store.Types);
            store.Inline(new CreditAccountsProjection());
            store.Inline(new OrderChecksProjection());
        });
        services.AddMessaging("credit", Required("RabbitMq"), messaging => messaging
            .Publish(CreditPublications.Create())
            .Endpoint<CustomersConsumer>("credit-customers")
            .Endpoint<ReceivablesConsumer>("credit-receivables")
            .Endpoint<UnappliedCashConsumer>("credit-unapplied-cash"));
        services.AddSingleton<LegalEntityCalendar>();
        return builder;

        string Required(string name) => builder.Configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"ConnectionStrings:{name} is not set.");
    }

    /// <summary>Maps the API.</summary>
    public static void MapCredit(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        SetLimit.Map(app);
        GetCreditAccount.Map(app);
        ListCreditAccounts.Map(app);
        HistoryEndpoint.Map(app, "/v1/credit/accounts/{id}/history", CreditAccountStream.Type, Scopes.CreditRead,
            account => account.Opened?.LegalEntity);
        CheckOrder.Map(app);
        ReleaseOrder.Map(app);
        CancelOrder.Map(app);
        GetOrderCheck.Map(app);
        ListOrderChecks.Map(app);
    }

    /// <summary>Names under which events are stored, for ever.</summary>
    public static void StoredNames(EventTypes types) => types
        .Add<AccountOpened>("account_opened")
        .Add<LimitSet>("limit_set")
        .Add<ReceivableRecorded>("receivable_recorded")
        .Add<UnappliedCashRecorded>("unapplied_cash_recorded")
        .Add<OrderApproved>("order_approved")
        .Add<OrderHeld>("order_held")
        .Add<OrderReduced>("order_reduced")
        .Add<OrderReleased>("order_released")
        .Add<OrderCancelled>("order_cancelled")
        .Add<ReservationConverted>("reservation_converted")
        .Add<ReservationRestored>("reservation_restored");
}
