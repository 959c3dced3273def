using OrderToCash.Approvals;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.Delivery.Rendering;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.Invoicing.ExchangeRates;
using OrderToCash.Invoicing.Integration;
using OrderToCash.Invoicing.InvoiceDrafts;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.Invoicing.Revaluations;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Rendering;
using OrderToCash.Invoicing.Statements.Sending;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing;

/// <summary>Everything Invoicing consists of.</summary>
public static class InvoicingService
{
    public static void AddInvoicing(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // Rows of read models are snake_case, their C# records are not.
        Dapper.DefaultTypeMap.MatchNamesWithUnderscores = true;
        builder.AddEventStore(Store);
        AddPersonalData(builder.Services);
        builder.AddMessaging("invoicing", messaging => messaging
            .Publish(InvoicingPublications.Create())
            .Endpoint<AllocationsConsumer>(AllocationsConsumer.Queue)
            .Endpoint<DisputesConsumer>(DisputesConsumer.Queue)
            .Endpoint<AgreedTermsConsumer>(AgreedTermsConsumer.Queue)
            .Endpoint<CollectionsRequestsConsumer>(CollectionsRequestsConsumer.Queue)
            .Endpoint<DisputeCreditsConsumer>(DisputeCreditsConsumer.Queue)
            .Endpoint<ReminderFeesConsumer>(ReminderFeesConsumer.Queue)
            .Endpoint<ReturnedPaymentsConsumer>(ReturnedPaymentsConsumer.Queue)
            .Endpoint<CashJournalConsumer>(CashJournalConsumer.Queue, MessagingOptions.RowsTogether)
            .Endpoint<BankStatementsConsumer>(BankStatementsConsumer.Queue)
            .Endpoint<AskedAllocationsConsumer>(AskedAllocationsConsumer.Queue, MessagingOptions.RowsTogether)
            .Endpoint<PendingPaymentsConsumer>(PendingPaymentsConsumer.Queue)
            .Endpoint<CreditRefundsConsumer>(CreditRefundsConsumer.Queue)
            .Endpoint<AddressesConsumer>(AddressesConsumer.Queue)
            .Endpoint<AgencyCommissionsConsumer>(AgencyCommissionsConsumer.Queue)
            .Endpoint<HoldsConsumer>(HoldsConsumer.Queue)
            .Endpoint<CollectorsConsumer>(CollectorsConsumer.Queue));
        builder.Services.AddApprovals(approvals => approvals
            .Kind<IssueCreditMemo>(
                ApprovalKinds.CreditMemo, IssueCreditMemoEndpoint.CarryOutAsync, DisputeCrediting.EndAsync)
            .Kind<RefundCreditMemo.Wish>(
                ApprovalKinds.Refund, RefundCreditMemo.CarryOutAsync, RefundCreditMemo.EndAsync)
            .Kind<GiveUp.Wish>(ApprovalKinds.WriteOff, WriteOffInvoice.CarryOutAsync, WriteOffInvoice.EndAsync)
            .Kind<GiveUp.Wish>(ApprovalKinds.Waiver, WaiveCharge.CarryOutAsync)
            .Kind<ReopenPeriod.Wish>(ApprovalKinds.PeriodReopening, ReopenPeriod.CarryOutAsync)
            .Kind<CreateBillingSchedule.Request>(ApprovalKinds.BillingSchedule, CreateBillingSchedule.CarryOutAsync));
        builder.AddMailer().AddPdfPrinter();
        AddStatements(builder.Services);
        AddDelivery(builder.Services);
        builder.Services.AddSingleton<ScheduledBilling>();
        builder.Services.AddSingleton<OverdueMarking>();
        builder.Services.AddSingleton<AutomaticStatements>();
        builder.Services.AddSingleton<PutOffMails>();
        builder.Services.AddSingleton<FinanceChargeBilling>();
        builder.Services.AddSingleton<AutomaticFinanceCharges>();
        builder.Services.AddSingleton<AutomaticCredits>();
        builder.Services.AddHostedService<InvoicingClock>();
        builder.Services.AddHostedService<TieOutWatch>();
        builder.Services.AddSingleton<MonthEndPacks>().AddSubscription<MonthEndPackMaker>();
        builder.Services.AddSubscription<WriteOffRunner>();
        builder.Services.AddSingleton<DocumentNumbers>();
        builder.Services.AddSingleton<AccountingCalendars>();
        builder.Services.AddSingleton<ReportMoments>();
        builder.Services.AddSingleton<InvoiceIssuing>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<InvoiceIssuing>());
    }

    /// <summary>Whatever reads events reads them opened.</summary>
    private static void AddPersonalData(IServiceCollection services) => services
        .AddSingleton<ContactKeys>()
        .AddSingleton<NpgsqlEngine>()
        .AddSingleton<IEventStoreEngine>(provider => new OpeningEngine(provider.GetRequiredService<NpgsqlEngine>()));

    private static void AddStatements(IServiceCollection services) => services
        .AddSingleton<StatementReader>()
        .AddSingleton<StatementWriter>()
        .AddSingleton<StatementMaker>()
        .AddSingleton<StatementDocuments>()
        .AddSingleton<KeptMail>()
        .AddSingleton<StatementPdf>()
        .AddSingleton<AttachedInvoices>()
        .AddSingleton<StatementAccess>()
        .AddSingleton<StatementRecipients>()
        .AddSubscription<StatementRunner>()
        .AddSubscription<StatementSender>();

    private static void AddDelivery(IServiceCollection services) => services
        .AddSingleton<IssuedDocuments>()
        .AddSingleton<DocumentWriter>()
        .AddSingleton<DocumentFiles>()
        .AddSingleton<BilledCustomers>()
        .AddSingleton<MailDelivery>()
        .AddSubscription<DocumentDispatcher>()
        .AddSubscription<DocumentSender>();

    /// <summary>Stored names, read models and tables; stored names are for ever.</summary>
    public static void Store(EventStoreOptions store)
    {
        ArgumentNullException.ThrowIfNull(store);
        AddCustomerEvents(store.Types);
        AddInvoiceEvents(store.Types);
        AddCreditMemoEvents(store.Types);
        AddPeriodEvents(store.Types);
        AddStatementEvents(store.Types);
        AddDeliveryEvents(store.Types);
        AddBillingScheduleEvents(store.Types);
        store.Types
            .Add<AutomationPolicyDefined>("automation_policy_defined")
            .Add<FinanceChargesBilled>("finance_charges_billed")
            .Add<WriteOffRunRequested>("write_off_run_requested")
            .Add<WriteOffRunStarted>("write_off_run_started")
            .Add<WriteOffRunAdvanced>("write_off_run_advanced")
            .Add<WriteOffRunDropped>("write_off_run_dropped");
        store
            .Schema<Program>("invoicing")
            .Check(AccountingCalendarsProjection.CheckPostingDays)
            .Check(ReportMoments.Check)
            .Inline(new LegalEntitiesProjection())
            .Inline(new AccountingCalendarsProjection())
            .Inline(new ExchangeRatesProjection())
            .Inline(new ReferenceRatesProjection())
            .Inline(new CustomersProjection())
            .Inline(new InvoicesProjection())
            .Inline(new InvoiceDraftsProjection())
            .Inline(new CreditMemosProjection())
            .Inline(new SubledgerProjection())
            .Inline(new JournalProjection())
            .Inline(new StatementsProjection())
            .Inline(new DocumentDeliveriesProjection())
            .Inline(new BillingSchedulesProjection())
            .Inline(new WriteOffRunsProjection())
            .AddApprovals();
    }

    private static void AddCustomerEvents(EventTypes types) => types
        .Add<LegalEntityDefined>("legal_entity_defined")
        .Add<CustomerRegistered>("customer_registered")
        .Add<CustomerChanged>("customer_changed")
        .Add<CustomerSuspended>("customer_suspended")
        .Add<CustomerReinstated>("customer_reinstated")
        .Add<CustomerTerminated>("customer_terminated")
        .Add<CustomerMerged>("customer_merged")
        .Add<CustomerUnmerged>("customer_unmerged")
        .Add<ContactErased>("contact_erased")
        .Add<DuplicateAbsorbed>("duplicate_absorbed")
        .Add<DuplicateReleased>("duplicate_released");

    private static void AddInvoiceEvents(EventTypes types) => types
        .Add<InvoiceIssued>("invoice_issued")
        .Add<InvoiceVoided>("invoice_voided")
        .Add<PaymentApplied>("payment_applied")
        .Add<PaymentApplicationRejected>("payment_application_rejected")
        .Add<PaymentReversalAwaited>("payment_reversal_awaited")
        .Add<PaymentReversed>("payment_reversed")
        .Add<InvoiceCredited>("invoice_credited")
        .Add<InvoiceCreditWithdrawn>("invoice_credit_withdrawn")
        .Add<InvoiceCreditRefundReserved>("invoice_credit_refund_reserved")
        .Add<InvoiceCreditRefundReleased>("invoice_credit_refund_released")
        .Add<InvoiceCreditRefundUncovered>("invoice_credit_refund_uncovered")
        .Add<InvoiceCreditRefunded>("invoice_credit_refunded")
        .Add<InvoiceCreditRefundReturned>("invoice_credit_refund_returned")
        .Add<InvoiceCorrected>("invoice_corrected")
        .Add<CreditApplied>("credit_applied")
        .Add<CreditUnapplied>("credit_unapplied")
        .Add<WrittenOff>("written_off")
        .Add<WriteOffRecovered>("write_off_recovered")
        .Add<ChargeWaived>("charge_waived")
        .Add<ChargeReinstated>("charge_reinstated")
        .Add<DepositApplied>("deposit_applied")
        .Add<DepositUnapplied>("deposit_unapplied")
        .Add<DepositUsed>("deposit_used")
        .Add<DepositReleased>("deposit_released")
        .Add<InvoiceChargedBack>("invoice_charged_back")
        .Add<InvoiceChargebackReversed>("invoice_chargeback_reversed")
        .Add<InstallmentRescheduled>("installment_rescheduled")
        .Add<DisputeMarked>("dispute_marked")
        .Add<InvoiceBecameOverdue>("invoice_became_overdue")
        .Add<InvoiceDraftSaved>("invoice_draft_saved")
        .Add<InvoiceDraftIssued>("invoice_draft_issued")
        .Add<InvoiceDraftDiscarded>("invoice_draft_discarded")
        .Add<CollectionsRequestCarriedOut>("collections_request_carried_out")
        .Add<CollectionsRequestAwaited>("collections_request_awaited")
        .Add<CollectionsRequestRefused>("collections_request_refused");

    private static void AddCreditMemoEvents(EventTypes types) => types
        .Add<CreditMemoIssued>("credit_memo_issued")
        .Add<CreditMemoApplied>("credit_memo_applied")
        .Add<CreditMemoUnapplied>("credit_memo_unapplied")
        .Add<CreditMemoRefundReserved>("credit_memo_refund_reserved")
        .Add<CreditMemoPayoutReserved>("credit_memo_payout_reserved")
        .Add<CreditMemoRefundApproved>("credit_memo_refund_approved")
        .Add<CreditMemoRefundReleased>("credit_memo_refund_released")
        .Add<CreditMemoRefunded>("credit_memo_refunded")
        .Add<CreditMemoRefundReturned>("credit_memo_refund_returned")
        .Add<CreditMemoVoided>("credit_memo_voided");

    private static void AddPeriodEvents(EventTypes types) => types
        .Add<PeriodSoftClosed>("period_soft_closed")
        .Add<PeriodClosed>("period_closed")
        .Add<PeriodReopened>("period_reopened")
        .Add<ExchangeRatesSet>("exchange_rates_set")
        .Add<ReferenceRateSet>("reference_rate_set")
        .Add<PeriodRevalued>("period_revalued")
        .Add<RevaluationReversed>("revaluation_reversed")
        .Add<MonthEndPolicyDefined>("month_end_policy_defined")
        .Add<PeriodProvisioned>("period_provisioned");

    private static void AddStatementEvents(EventTypes types) => types
        .Add<LetterheadDefined>("letterhead_defined")
        .Add<StatementCalendarDefined>("statement_calendar_defined")
        .Add<StatementRunStarted>("statement_run_started")
        .Add<StatementRunFinished>("statement_run_finished")
        .Add<StatementPrepared>("statement_prepared")
        .Add<StatementSent>("statement_sent")
        .Add<StatementNotSent>("statement_not_sent")
        .Add<StatementSendAgain>("statement_send_again")
        .Add<StatementDeliveryReported>("statement_delivery_reported")
        .Add<StatementAddressFailed>("statement_address_failed");

    private static void AddDeliveryEvents(EventTypes types) => types
        .Add<DocumentMailQueued>("document_mail_queued")
        .Add<DocumentMailSent>("document_mail_sent")
        .Add<DocumentMailFailed>("document_mail_failed")
        .Add<DocumentMailSendAgain>("document_mail_send_again")
        .Add<DocumentDeliveryReported>("document_delivery_reported");

    private static void AddBillingScheduleEvents(EventTypes types) => types
        .Add<BillingScheduleCreated>("billing_schedule_created")
        .Add<SchedulePeriodBilled>("schedule_period_billed")
        .Add<SchedulePeriodRefused>("schedule_period_refused")
        .Add<MilestoneReached>("milestone_reached")
        .Add<BillingSchedulePaused>("billing_schedule_paused")
        .Add<BillingScheduleResumed>("billing_schedule_resumed")
        .Add<BillingScheduleEnded>("billing_schedule_ended");

    public static void MapInvoicing(this WebApplication app)
    {
        var api = app.MapGroup("/v1");
        DefineLegalEntity.Map(api);
        ReadLegalEntities.Map(api);
        DefineLetterhead.Map(api);
        DefineStatementCalendar.Map(api);
        DefineAutomationPolicy.Map(api);
        ApprovalMatrices.Map(api);
        ApprovalDelegations.Map(api);
        app.MapApprovals(Scopes.InvoicingRead, Scopes.InvoicingWrite);
        RegisterCustomerEndpoint.Map(api);
        ReadCustomers.Map(api);
        ChangeCustomerEndpoint.Map(api);
        CustomerStanding.Map(api);
        EraseContact.Map(api);
        MergeCustomers.Map(api);
        IssueInvoiceEndpoint.Map(api);
        IssueInvoiceBatch.Map(api);
        VoidInvoice.Map(api);
        CorrectInvoice.Map(api);
        ChargeBackInvoice.Map(api);
        AdjustInvoice.Map(api);
        WriteOffInvoice.Map(api);
        StartWriteOffRun.Map(api);
        ReadWriteOffRuns.Map(api);
        WaiveCharge.Map(api);
        ReadInvoices.Map(api);
        SaveInvoiceDraft.Map(api);
        IssueInvoiceDraft.Map(api);
        ReadInvoiceDrafts.Map(api);
        IssueDeposit.Map(api);
        ApplyDeposit.Map(api);
        IssueDebitMemo.Map(api);
        RunFinanceCharges.Map(api);
        IssueCreditMemoEndpoint.Map(api);
        ApplyCreditMemo.Map(api);
        UnapplyCreditMemo.Map(api);
        ApplyOpenCredits.Map(api);
        VoidCreditMemo.Map(api);
        RefundCreditMemo.Map(api);
        ReadCreditMemos.Map(api);
        SetExchangeRates.Map(api);
        ReadExchangeRates.Map(api);
        ReferenceRateEndpoints.Map(api);
        ReadPeriods.Map(api);
        ReadMonthEndPacks.Map(api);
        ClosePeriod.Map(api);
        ReopenPeriod.Map(api);
        CloseChecklist.Map(api);
        RevaluePeriod.Map(api);
        DefineMonthEndPolicy.Map(api);
        ProvidePeriod.Map(api);
        FluxReport.Map(api);
        CreateBillingSchedule.Map(api);
        ReadBillingAgreements.Map(api);
        ChangeBillingSchedule.Map(api);
        ReadBillingSchedules.Map(api);
        RunBilling.Map(api);
        MapDocuments(api);
        MapReports(api);
    }

    private static void MapReports(RouteGroupBuilder api)
    {
        ListJournalEntries.Map(api);
        ExportJournal.Map(api);
        AgingReport.Map(api);
        UnappliedCashReport.Map(api);
        TieOutReport.Map(api);
        RollForwardReport.Map(api);
        TrialBalanceReport.Map(api);
        ConcentrationReport.Map(api);
        TermsMismatchReport.Map(api);
        DaysLateReport.Map(api);
        LossRatesReport.Map(api);
        BadDebtReport.Map(api);
        SalesOutstandingReport.Map(api);
    }

    /// <summary>What customers get to read.</summary>
    private static void MapDocuments(IEndpointRouteBuilder api)
    {
        GetDocument.Map(api);
        SendDocument.Map(api);
        ReadDocumentDeliveries.Map(api);
        FollowUpDocumentDelivery.Map(api);
        GetEInvoice.Map(api);
        ImportEInvoice.Map(api);
        GetStatement.Map(api);
        MakeStatement.Map(api);
        StartStatementRun.Map(api);
        SendRunAgain.Map(api);
        ReadStatementRuns.Map(api);
        ReadStatements.Map(api);
        FollowUpStatement.Map(api);
    }
}
