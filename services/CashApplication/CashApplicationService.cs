using Dapper;
using Microsoft.Extensions.Options;
using OrderToCash.Approvals;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Controls;
using OrderToCash.CashApplication.Integration;
using OrderToCash.CashApplication.Payouts;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Presentations;
using OrderToCash.CashApplication.Processors;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.Statements;
using OrderToCash.CashApplication.Statements.Mappings;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.CashApplication.WriteOffs;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
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
        var policy = builder.Configuration.GetSection("CashApplication").Get<CashPolicy>() ?? new CashPolicy();
        if (policy.AutoApplyThreshold is <= 0.5m or > 1m)
            throw new InvalidOperationException("CashApplication:AutoApplyThreshold must be above 0.5 and at most 1.");
        builder.Services.AddSingleton(policy);
        builder.Services.AddSingleton<ReceiptNumbers>();
        builder.Services.AddSingleton<ReceiptMatching>();
        builder.Services.AddSingleton<ReceiptRecorder>();
        builder.Services.AddSingleton<PendingPaymentRecorder>();
        builder.Services.AddSingleton<PendingPaymentSettler>();
        builder.Services.AddSingleton<StatementBooker>();
        builder.Services.AddSingleton<StatementImporter>();
        builder.Services.AddSingleton<ReturnedPayments>();
        builder.Services.AddSingleton<ReturnedRefunds>();
        builder.Services.AddSingleton<StatementIntake>();
        builder.Services.AddSingleton<StatementPreviews>();
        builder.Services.AddSingleton<HeldEffects>();
        builder.Services.AddHostedService<IntakeService>();
        builder.Services.AddSingleton<ReceiptMatcher>();
        builder.Services.AddSingleton<WaitingMatcher>();
        builder.Services.AddHostedService<WaitingMatchService>();
        builder.Services.AddHostedService<OverdueCashWatch>();
        builder.Services.AddSingleton<RemittanceIntake>();
        AddProcessor(builder);
        builder.AddEventStore(AddEvents);
        builder.Services.AddSubscription<WriteOffRunner>();
        builder.Services.AddSubscription<MatchNews>();
        builder.AddMessaging(Name, AddMessages);
        builder.Services.AddApprovals(approvals => approvals
            .Kind<RefundWish>(ApprovalKinds.Refund, RequestRefund.CarryOutAsync, RequestRefund.EndAsync)
            .Kind<RestWish>(ApprovalKinds.WriteOff, WriteOffRest.CarryOutAsync, WriteOffRest.EndAsync)
            .Kind<PayoutWish>(ApprovalKinds.Payout, CreatePaymentFile.CarryOutAsync, CreatePaymentFile.EndAsync));
        return builder;
    }

    private static void AddProcessor(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ProcessorOptions>().Bind(builder.Configuration.GetSection("Processor"))
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ProcessorOptions>, ProcessorOptionsValidator>();
        builder.Services.AddSingleton<ProcessorClient>();
        builder.Services.AddSingleton<ProcessorQuestions>();
        builder.Services.AddHostedService<ProcessorJanitor>();
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
        ArmStatement.Map(app);
        CsvMappings.Map(app);
        StatementLineQueries.Map(app);
        LumpQueries.Map(app);
        PaidOrders.Map(app);
        ReturnedPaymentUseCases.Map(app);
        ReviewReturnedPayment.Map(app);
        NoticesOfChange.Map(app);
        CorrectBankFee.Map(app);
        StatementQueries.Map(app);
        RecordReceiptUseCase.Map(app);
        AllocateReceipt.Map(app);
        ReverseAllocation.Map(app);
        IdentifyReceipt.Map(app);
        ReverseReceipt.Map(app);
        ClearReceipts.Map(app);
        ReceiptQueries.Map(app);
        RecordPendingPayment.Map(app);
        EndPendingPayment.Map(app);
        PendingPaymentQueries.Map(app);
        PresentPayment.Map(app);
        PresentationQueries.Map(app);
        MapWorkbench(app);
        ReceiveRemittance.Map(app);
        RemittanceQueries.Map(app);
        RequestRefund.Map(app);
        EndRefund.Map(app);
        RefundQueries.Map(app);
        CreatePaymentFile.Map(app);
        PaymentFileQueries.Map(app);
        OpenItemQueries.Map(app);
        CashReports.Map(app);
        CashDays.Map(app);
        MatchQuality.Map(app);
        StraightThrough.Map(app);
        CustomerReconciliation.Map(app);
        return app;
    }

    private static void MapWorkbench(WebApplication app)
    {
        WorkbenchQueries.Map(app);
        AcceptSuggestion.Map(app);
        AcceptSuggestions.Map(app);
        MatchReceipt.Map(app);
        MoveAllocation.Map(app);
        UnapplyReceipt.Map(app);
        KeepOnAccount.Map(app);
        TransferCash.Map(app);
        UndoDecision.Map(app);
        WriteOffRest.Map(app);
        StartWriteOffRun.Map(app);
        WriteOffRunQueries.Map(app);
        AssignReceipt.Map(app);
        AssignReceipts.Map(app);
        KeepReceiptsOnAccount.Map(app);
        IdentifyReceipts.Map(app);
        DefineCashPolicy.Map(app);
        DefineCashProfile.Map(app);
    }

    /// <summary>Stored names, schema and read models.</summary>
    public static void AddEvents(EventStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        AddReceiptNames(options.Types);
        AddOtherNames(options.Types);
        options.Schema<CashPolicy>(Name);
        options.Inline(new BankAccountProjection());
        options.Inline(new StatementProjection());
        options.Inline(new ActedOnNoticeProjection());
        options.Inline(new ReceiptProjection());
        options.Inline(new ReceiptReferenceProjection());
        options.Inline(new CsvMappingProjection());
        options.Inline(new AllocationProjection());
        options.Inline(new CreditPromiseProjection());
        options.Inline(new PayerMemoryProjection());
        options.Inline(new DeductionMemoryProjection());
        options.Inline(new BankPostingProjection());
        options.Inline(new CashProfileProjection());
        options.Inline(new RemittanceProjection());
        options.Inline(new RefundProjection());
        options.Inline(new PaymentFileProjection());
        options.Inline(new CashDayProjection());
        options.Inline(new WriteOffRunProjection());
        options.Inline(new PendingPaymentProjection());
        options.Inline(new PresentationProjection());
        options.AddApprovals();
    }

    private static void AddReceiptNames(EventTypes types) => types
        .Add<BankAccountDefined>("bank_account_defined")
        .Add<StatementBooked>("statement_booked")
        .Add<StatementFileImported>("statement_file_imported")
        .Add<StatementFileRefused>("statement_file_refused")
        .Add<StatementLinesBooked>("statement_lines_booked")
        .Add<StatementEffectsHeld>("statement_effects_held")
        .Add<StatementEffectsArmed>("statement_effects_armed")
        .Add<ReturnedPaymentFound>("returned_payment_found")
        .Add<ReturnedPaymentClosed>("returned_payment_closed")
        .Add<ReturnedPaymentReviewed>("returned_payment_reviewed")
        .Add<NoticeOfChangeActedOn>("notice_of_change_acted_on")
        .Add<BankFeesBooked>("bank_fees_booked")
        .Add<BankFeeReversed>("bank_fee_reversed")
        .Add<CsvMappingDefined>("csv_mapping_defined")
        .Add<ReceiptRecorded>("receipt_recorded")
        .Add<ReceiptIdentified>("receipt_identified")
        .Add<ReceiptUnidentified>("receipt_unidentified")
        .Add<AllocationsRequested>("allocations_requested")
        .Upcast<SingleAllocationRequested, AllocationsRequested>("allocation_requested", e => e.AsDecision())
        .Add<AllocationConfirmed>("allocation_confirmed")
        .Add<AllocationRejected>("allocation_rejected")
        .Add<AllocationsWithdrawn>("allocations_withdrawn")
        .Add<AllocationReversalsRequested>("allocation_reversals_requested")
        .Upcast<SingleReversalRequested, AllocationReversalsRequested>(
            "allocation_reversal_requested", e => e.AsDecision())
        .Add<AllocationReversed>("allocation_reversed")
        .Add<ReceiptReversed>("receipt_reversed")
        .Add<ReceiptPartlyReversed>("receipt_partly_reversed")
        .Add<ReceiptCleared>("receipt_cleared")
        .Add<ReceiptAnnounced>("receipt_announced")
        .Add<SettlementFeeBooked>("settlement_fee_booked")
        .Add<ReceiptSetAside>("receipt_set_aside")
        .Add<ReceiptAssigned>("receipt_assigned")
        .Add<PutOnAccount>("put_on_account")
        .Add<TakenOffAccount>("taken_off_account")
        .Add<CashTransferred>("cash_transferred")
        .Add<RestWrittenOff>("rest_written_off")
        .Add<RestWriteOffReversed>("rest_write_off_reversed")
        .Add<RefundReserved>("refund_reserved")
        .Add<RefundReleased>("refund_released")
        .Add<RefundPaidOut>("refund_paid_out")
        .Add<RefundCameBack>("refund_came_back");

    private static void AddOtherNames(EventTypes types) => types
        .Add<PendingPaymentRecorded>("pending_payment_recorded")
        .Add<PendingPaymentAnswered>("pending_payment_answered")
        .Add<PendingPaymentEnded>("pending_payment_ended")
        .Add<PresentationTaken>("presentation_taken")
        .Add<PresentationRefused>("presentation_refused")
        .Add<PresentationDeclined>("presentation_declined")
        .Add<RemittanceReceived>("remittance_received")
        .Add<RemittanceMatched>("remittance_matched")
        .Add<RemittanceReleased>("remittance_released")
        .Add<RemittanceClosed>("remittance_closed")
        .Add<RefundRequested>("refund_requested")
        .Add<CreditRefundRequested>("credit_refund_requested")
        .Add<CreditRefundDeclined>("credit_refund_declined")
        .Add<CreditRefundHeld>("credit_refund_held")
        .Add<CreditRefundCancelled>("credit_refund_cancelled")
        .Add<CreditRefundPaid>("credit_refund_paid")
        .Add<CreditRefundReturned>("credit_refund_returned")
        .Add<RefundApproved>("refund_approved")
        .Add<RefundRejected>("refund_rejected")
        .Add<RefundCancelled>("refund_cancelled")
        .Add<RefundPutIntoFile>("refund_put_into_file")
        .Add<RefundTakenOutOfFile>("refund_taken_out_of_file")
        .Add<RefundPaid>("refund_paid")
        .Add<RefundReturned>("refund_returned")
        .Add<PaymentFileCreated>("payment_file_created")
        .Add<PaymentFileReleased>("payment_file_released")
        .Add<PaymentFileDropped>("payment_file_dropped")
        .Add<CashDayClosed>("cash_day_closed")
        .Add<WriteOffRunRequested>("write_off_run_requested")
        .Add<WriteOffRunStarted>("write_off_run_started")
        .Add<WriteOffRunDropped>("write_off_run_dropped")
        .Add<WriteOffRunAdvanced>("write_off_run_advanced")
        .Add<CashPolicyDefined>("cash_policy_defined")
        .Add<RuleSetDefined>("rule_set_defined")
        .Add<CashProfileDefined>("cash_profile_defined");

    private static void AddMessages(MessagingOptions options) => options
        .Publish(CashPublications.Create())
        .Endpoint<LegalEntitiesConsumer>("cash-application-legal-entities")
        .Endpoint<CustomersConsumer>("cash-application-customers", MessagingOptions.RowsTogether)
        .Endpoint<OpenItemsConsumer>("cash-application-open-items", MessagingOptions.RowsTogether)
        .Endpoint<AnswersConsumer>("cash-application-answers")
        .Endpoint<CreditMemosConsumer>("cash-application-credit-memos")
        .Endpoint<CreditRefundsConsumer>("cash-application-credit-refunds")
        .Endpoint<AgreementsConsumer>("cash-application-agreements")
        .Endpoint<PaymentRetriesConsumer>("cash-application-payment-retries")
        .ApprovalMatrices(Name);
}
