using Dapper;
using OrderToCash.Approvals;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Integration;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Mappings;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication;

/// <summary>What this service is made of.</summary>
public static class CashApplicationService
{
    private const string Name = "cash-application";

    /// <summary>Adds stored names, read models, messages and policy.</summary>
    public static WebApplicationBuilder AddCashApplication(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        var configuration = builder.Configuration;
        var policy = configuration.GetSection("CashApplication").Get<CashPolicy>() ?? new CashPolicy();
        if (policy.AutoApplyThreshold is <= 0.5m or > 1m)
            throw new InvalidOperationException("CashApplication:AutoApplyThreshold must be above 0.5 and at most 1.");
        builder.Services.AddSingleton(policy);
        builder.Services.AddSingleton<ReceiptNumbers>();
        builder.Services.AddSingleton<ReceiptRecorder>();
        builder.Services.AddSingleton<StatementBooker>();
        builder.Services.AddSingleton<StatementImporter>();
        builder.Services.AddSingleton<ReturnedPayments>();
        builder.Services.AddSingleton<StatementIntake>();
        builder.Services.AddSingleton<IntakeSignal>();
        builder.Services.AddHostedService<IntakeService>();
        builder.Services.AddEventStore(Required("Postgres"), AddEvents);
        builder.Services.AddMessaging(Name, Required("RabbitMq"), AddMessages);
        builder.Services.AddApprovals();
        return builder;

        string Required(string name) => configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"Set ConnectionStrings__{name}.");
    }

    /// <summary>Maps every route.</summary>
    public static WebApplication MapCashApplication(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapApprovals(Scopes.CashRead, Scopes.CashWrite);
        DefineBankAccount.Map(app);
        BankAccountQueries.Map(app);
        ImportStatement.Map(app);
        RetryImport.Map(app);
        CsvMappings.Map(app);
        StatementLineQueries.Map(app);
        LumpQueries.Map(app);
        ReturnedPaymentUseCases.Map(app);
        StatementQueries.Map(app);
        RecordReceiptUseCase.Map(app);
        AllocateReceipt.Map(app);
        ReverseAllocation.Map(app);
        IdentifyReceipt.Map(app);
        ReverseReceipt.Map(app);
        ReceiptQueries.Map(app);
        OpenItemQueries.Map(app);
        CashReports.Map(app);
        return app;
    }

    /// <summary>Stored names, schema and read models.</summary>
    public static void AddEvents(EventStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Types
            .Add<BankAccountDefined>("bank_account_defined")
            .Add<StatementBooked>("statement_booked")
            .Add<StatementFileImported>("statement_file_imported")
            .Add<StatementFileRefused>("statement_file_refused")
            .Add<StatementLinesBooked>("statement_lines_booked")
            .Add<ReturnedPaymentFound>("returned_payment_found")
            .Add<CsvMappingDefined>("csv_mapping_defined")
            .Add<ReceiptRecorded>("receipt_recorded")
            .Add<ReceiptIdentified>("receipt_identified")
            .Add<AllocationRequested>("allocation_requested")
            .Add<AllocationConfirmed>("allocation_confirmed")
            .Add<AllocationRejected>("allocation_rejected")
            .Add<AllocationReversalRequested>("allocation_reversal_requested")
            .Add<AllocationReversed>("allocation_reversed")
            .Add<ReceiptReversed>("receipt_reversed");
        options.Schema<CashPolicy>(Name);
        options.Inline(new BankAccountProjection());
        options.Inline(new StatementProjection());
        options.Inline(new ReceiptProjection());
        options.Inline(new ReceiptReferenceProjection());
        options.Inline(new CsvMappingProjection());
        options.AddApprovals();
    }

    private static void AddMessages(MessagingOptions options) => options
        .Publish(CashPublications.Create())
        .Endpoint<LegalEntitiesConsumer>("cash-application-legal-entities")
        .Endpoint<CustomersConsumer>("cash-application-customers")
        .Endpoint<OpenItemsConsumer>("cash-application-open-items")
        .Endpoint<AnswersConsumer>("cash-application-answers")
        .ApprovalMatrices(Name);
}
