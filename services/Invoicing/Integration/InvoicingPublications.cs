using OrderToCash.Approvals;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ExchangeRates;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.Revaluations;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Invoicing.Integration;

/// <summary>What this service tells the others: stored event in, contract out, nothing else looked at.</summary>
public static class InvoicingPublications
{
    public static Publications Create()
    {
        var publications = new Publications();
        PublishAccounts(publications);
        PublishInvoices(publications);
        PublishAdjustments(publications);
        PublishCreditMemos(publications);
        PublishAnswers(publications);
        PublishPeriods(publications);
        return publications;
    }

    private static void PublishAccounts(Publications publications) => publications
        .On<LegalEntityDefined>(e => LegalEntity(e.Data))
        .On<LetterheadDefined>(e => Letterhead(e.Data))
        .On<CustomerRegistered>(e => Customer(e.StreamId, e.Data))
        .On<CustomerChanged>(e => Customer(e.StreamId, e.Data.After))
        .On<CustomerSuspended>(e => Customer(e.StreamId, e.Data.After))
        .On<CustomerReinstated>(e => Customer(e.StreamId, e.Data.After))
        .On<CustomerTerminated>(e => Customer(e.StreamId, e.Data.After))
        .On<CustomerMerged>(e => Customer(e.StreamId, e.Data.After))
        .On<CustomerUnmerged>(e => Customer(e.StreamId, e.Data.After))
        .On<ContactErased>(e => Customer(e.StreamId, e.Data.After))
        .On<ContactErased>(e => new Contract.ContactErased(e.StreamId, e.Data.After.LegalEntity, e.Data.ContactId))
        .On<BillingScheduleCreated>(e => e.Data.Agreement is { } agreement
            ? new Contract.BillingAgreementSetUp(e.StreamId, agreement, e.Data.CustomerId, e.Data.LegalEntity)
            : null)
        .On<StatementAddressFailed>(e => new Contract.StatementAddressFailed(
            e.StreamId, e.Data.LegalEntity, e.Data.CustomerId, e.Data.ContactId, e.Data.Detail,
            e.Data.CustomerVersion))
        .ApprovalMatrices();

    private static void PublishInvoices(Publications publications) => publications
        .On<InvoiceIssued>(e => Issued(e.StreamId, e.Data))
        .On<InvoiceIssued>(Entry)
        .On<PaymentApplied>(e => new Contract.PaymentApplied(
            e.StreamId, e.Data.AllocationId, e.Data.ReceiptId, e.Data.Amount.ToContract(), e.Data.ValueDate,
            e.Data.Entry.PostingDate, Item(e.StreamId, e.Data.Item), e.Data.Discount?.ToContract(),
            e.Data.Difference?.ToContract(), e.Data.Unearned?.Amount.ToContract(),
            Credits(e.Data.Credits), Difference(e.Data.Entry)))
        .On<PaymentApplied>(Entry)
        .On<PaymentApplicationRejected>(e => new Contract.PaymentApplicationRejected(
            e.StreamId, e.Data.Installment, e.Data.AllocationId, e.Data.ReceiptId, e.Data.Amount.ToContract(),
            e.Data.Code, e.Data.Detail))
        .On<PaymentReversed>(e => new Contract.PaymentReversed(
            e.StreamId, e.Data.AllocationId, e.Data.ReceiptId, e.Data.Amount.ToContract(), e.Data.Entry.PostingDate,
            Item(e.StreamId, e.Data.Item), e.Data.Discount?.ToContract(), e.Data.Difference?.ToContract(),
            Credits(e.Data.Credits), Difference(e.Data.Entry)))
        .On<PaymentReversed>(Entry)
        .On<InvoiceVoided>(e => new Contract.InvoiceVoided(
            e.StreamId, e.Event.Metadata.Reason ?? "", e.Data.Entry.PostingDate,
            [.. e.Data.Items.Select(item => Item(e.StreamId, item))]))
        .On<InvoiceVoided>(Entry);

    private static Contracts.JournalLine? Difference(JournalEntry entry) =>
        entry.Lines.FirstOrDefault(line => line.Role == AccountRoles.SmallDifference) is { } line ? Line(line) : null;

    private static List<Contract.AppliedCredit>? Credits(IReadOnlyList<CreditBeside>? credits) =>
        credits?.Select(one => new Contract.AppliedCredit(one.CreditMemoId, one.Amount.ToContract())).ToList();

    private static void PublishAdjustments(Publications publications) => publications
        .On<CreditApplied>(e => Changed(
            e, PostingKinds.CreditApplied, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item, e.Data.ApplicationId))
        .On<CreditApplied>(Entry)
        .On<CreditUnapplied>(e => Changed(
            e, PostingKinds.CreditUnapplied, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item,
            e.Data.ApplicationId))
        .On<CreditUnapplied>(Entry)
        .On<WrittenOff>(e => Changed(
            e, PostingKinds.WrittenOff, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item, e.Data.WriteOffId))
        .On<WrittenOff>(Entry)
        .On<WriteOffRecovered>(e => Changed(
            e, PostingKinds.WriteOffRecovered, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item,
            e.Data.RecoveryId))
        .On<WriteOffRecovered>(Entry)
        .On<ChargeWaived>(e => Changed(
            e, PostingKinds.ChargeWaived, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item, e.Data.WaiverId))
        .On<ChargeWaived>(Entry)
        .On<ChargeReinstated>(e => Changed(
            e, PostingKinds.ChargeReinstated, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item,
            e.Data.ReinstatementId))
        .On<ChargeReinstated>(Entry)
        .On<DepositApplied>(e => Changed(
            e, PostingKinds.DepositApplied, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item, e.Data.ApplicationId))
        .On<DepositApplied>(Entry)
        .On<DepositUnapplied>(e => Changed(
            e, PostingKinds.DepositUnapplied, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item,
            e.Data.ApplicationId))
        .On<DepositUnapplied>(Entry)
        .On<InvoiceChargedBack>(e => Changed(
            e, PostingKinds.ChargedBack, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item, e.Data.ChargebackId))
        .On<InvoiceChargedBack>(Entry)
        .On<InvoiceChargebackReversed>(e => Changed(
            e, PostingKinds.ChargebackReversed, e.Data.Amount, e.Data.Entry.PostingDate, e.Data.Item,
            e.Data.ChargebackId))
        .On<InvoiceChargebackReversed>(Entry)
        .On<DepositUsed>(e => new Contract.DepositChanged(
            e.StreamId, "used", e.Data.InvoiceId, e.Data.Amount.ToContract(), e.Data.Unused.ToContract()))
        .On<DepositReleased>(e => new Contract.DepositChanged(
            e.StreamId, "released", e.Data.InvoiceId, e.Data.Amount.ToContract(), e.Data.Unused.ToContract()))
        .On<InstallmentRescheduled>(e => Changed(
            e, PostingKinds.Rescheduled, e.Data.Item.Balance, e.Data.PostingDate, e.Data.Item))
        .On<DisputeMarked>(e => Changed(
            e, PostingKinds.DisputeMarked, e.Data.Item.Disputed ?? Money.Zero(e.Data.Item.Balance.Currency),
            e.Data.PostingDate, e.Data.Item))
        .On<InvoiceBecameOverdue>(e => new Contract.InvoiceBecameOverdue(
            e.StreamId, e.Data.Item.DueDate.AddDays(1), Item(e.StreamId, e.Data.Item)));

    private static void PublishCreditMemos(Publications publications) => publications
        .On<CreditMemoIssued>(e => new Contract.CreditMemoIssued(
            e.StreamId, e.Data.Number, e.Data.Books.LegalEntity, e.Data.CustomerId, e.Data.CreditDate,
            Json.NameOf(e.Data.Reason), e.Data.InvoiceId,
            e.Data.Net.ToContract(), e.Data.Tax.ToContract(), e.Data.Total.ToContract()))
        .On<CreditMemoIssued>(Entry)
        .On<CreditMemoApplied>(e => new Contract.CreditMemoChanged(
            e.StreamId, "applied", e.Data.InvoiceId, e.Data.Amount.ToContract(), e.Data.Open.ToContract(),
            e.Data.ApplicationId, e.Data.Installment))
        .On<CreditMemoUnapplied>(e => new Contract.CreditMemoChanged(
            e.StreamId, "unapplied", e.Data.InvoiceId, e.Data.Amount.ToContract(), e.Data.Open.ToContract()))
        .On<CreditMemoRefundApproved>(e => new Contract.CreditRefundApproved(
            e.Data.RefundId, e.StreamId, e.Data.Number, e.Data.LegalEntity, e.Data.CustomerId,
            e.Data.Amount.ToContract(), e.Data.Reference, e.Data.ClearingAccount, e.Data.Reason, e.Data.RequestedBy,
            e.Data.ApprovedBy, e.Data.Payee is not { } payee ? null : new Contract.RefundPayee(
                payee.Name, payee.Iban, payee.AccountNumber, payee.Bic, payee.ClearingCode)))
        .On<InvoiceCreditRefundUncovered>(e => new Contract.CreditRefundWithdrawn(
            e.Data.RefundId, e.StreamId, e.Data.LegalEntity, e.Data.Amount.ToContract(), e.Data.Reason))
        .On<CreditMemoRefunded>(e => new Contract.CreditMemoChanged(
            e.StreamId, "refunded", null, e.Data.Amount.ToContract(), e.Data.Open.ToContract()))
        .On<CreditMemoRefunded>(Entry)
        .On<CreditMemoRefundReturned>(e => new Contract.CreditMemoChanged(
            e.StreamId, "refund-returned", null, e.Data.Amount.ToContract(), e.Data.Open.ToContract()))
        .On<CreditMemoRefundReturned>(Entry)
        .On<CreditMemoVoided>(e => new Contract.CreditMemoChanged(
            e.StreamId, "voided", null, e.Data.Amount.ToContract(),
            Money.Zero(e.Data.Amount.Currency).ToContract()))
        .On<CreditMemoVoided>(Entry);

    private static void PublishAnswers(Publications publications) => publications
        .On<CollectionsRequestCarriedOut>(e => new Contract.CollectionsRequestAnswered(
            e.Data.RequestId, e.Data.SubjectId, e.Data.Kind, "carried-out", null, null, e.Data.DocumentId,
            e.Data.DocumentNumber, e.Data.ApplicationId))
        .On<CollectionsRequestAwaited>(e => new Contract.CollectionsRequestAnswered(
            e.Data.RequestId, e.Data.SubjectId, e.Data.Kind, "waiting", null,
            $"It waits for approval {e.Data.ApprovalId}.", null, null))
        .On<CollectionsRequestRefused>(e => new Contract.CollectionsRequestAnswered(
            e.Data.RequestId, e.Data.SubjectId, e.Data.Kind, "refused", e.Data.Code, e.Data.Detail, null, null));

    private static void PublishPeriods(Publications publications) => publications
        .On<ExchangeRatesSet>(e => new Contract.ExchangeRatesSet(
            e.Data.LegalEntity, e.Data.BaseCurrency, e.Data.Type, e.Data.Day,
            [.. e.Data.Rates.Select(rate => new Contract.ExchangeRate(rate.Currency, rate.Rate))]))
        .On<PeriodSoftClosed>(e => new Contract.AccountingPeriodChanged(
            e.Data.LegalEntity, e.Data.Period, "soft-closed", e.Data.ClosedThrough,
            Period.Parse(e.Data.Period).Next.FirstDay))
        .On<PeriodClosed>(e => new Contract.AccountingPeriodChanged(
            e.Data.LegalEntity, e.Data.Period, "closed", Period.Parse(e.Data.Period).LastDay, e.Data.FirstOpenDay))
        .On<PeriodReopened>(e => new Contract.AccountingPeriodChanged(
            e.Data.LegalEntity, e.Data.Period, "reopened", e.Data.ClosedThrough,
            Period.Parse(e.Data.Period).FirstDay))
        .On<PeriodRevalued>(Entry)
        .On<RevaluationReversed>(Entry)
        .On<PeriodProvisioned>(Entry);

    private static Contract.OpenItemsChanged Changed<TEvent>(
        Recorded<TEvent> e, string kind, Money amount, DateOnly postingDate, OpenItem item, Guid? source = null) => new(
            e.StreamId, kind, amount.ToContract(), postingDate, e.Event.Metadata.Reason ?? "", source,
            [Item(e.StreamId, item)]);

    private static Contract.LegalEntityDefined LegalEntity(LegalEntityDefined e) =>
        new(e.Code, e.Name, e.BaseCurrency, e.Country, e.TimeZone, new Contract.CashAccounts(
            e.Accounts.UnappliedCash, e.Accounts.Other.UnidentifiedCash, e.Accounts.Other.CashClearing,
            e.Accounts.Other.SmallDifferences), Calendar(e.Calendar));

    private static Contract.WorkingCalendar? Calendar(WorkingCalendar? e) => e?.Days() is not { } days
        ? null
        : new Contract.WorkingCalendar(
            [.. days.DaysOff.Order().Select(day => Json.NameOf(day))],
            [.. days.Holidays.Order()]);

    private static Contract.CustomerRegistered Customer(Guid id, CustomerRegistered e) => new(
        id, e.Number, e.LegalEntity, e.Name, e.ExternalId, e.Currency, e.Country, e.Language, e.Segment, e.Terms,
        e.ParentId, Contacts(e.Contacts), Address(e.BillTo?.Address), e.BillTo?.TaxId, e.BillTo?.RegistrationNumber);

    private static Contract.CustomerChanged Customer(Guid id, CustomerSnapshot e) => new(
        id, e.Number, e.LegalEntity, e.Name, e.ExternalId, e.Currency, e.Country, e.Language, e.Segment, e.Terms,
        e.ParentId, Contacts(e.Contacts), Json.NameOf(e.Status),
        e.MergedInto, e.Clauses?.MaySuspend ?? false, Address(e.BillTo?.Address),
        e.Clauses?.ReminderFee is { } fee ? Money.Of(fee, e.Currency).ToContract() : null, e.BillTo?.TaxId,
        e.BillTo?.RegistrationNumber,
        Suspension.Of(e) is { IsOver: false, Earlier: false } suspension ? suspension.Recommendations : null);

    private static Contract.LetterheadDefined Letterhead(LetterheadDefined e) => new(
        e.LegalEntity, e.Name, Address(e.Address)!, e.TaxId, e.RegistrationId, e.Email, e.Phone, e.ContactName,
        e.BankAccount, e.BankCode, e.PaymentNote, e.PayLink, e.Color);

    private static Contract.PostalAddress? Address(PostalAddress? e) =>
        e is null ? null : new(e.Street, e.Additional, e.City, e.PostalCode, e.Region);

    /// <summary>Those whose data are not erased, also in what is told again of a time when they were not.</summary>
    private static Contract.Contact[] Contacts(IEnumerable<Contact> contacts) =>
    [
        .. contacts.Where(c => !c.Erased)
            .Select(c => new Contract.Contact(
                c.Name, c.Role, c.Email, c.Phone, c.TimeZone, c.Id, c.Language,
                c.PreferredChannel is { } channel ? Json.NameOf(channel) : null,
                c.Consent)),
    ];

    private static Contract.InvoiceIssued Issued(Guid id, InvoiceIssued e)
    {
        var invoice = Invoice.Evolve(Invoice.Initial, e);
        return new Contract.InvoiceIssued(
            id, e.Number, e.Books.LegalEntity, e.CustomerId, e.InvoiceDate, e.Terms, e.OrderReference, e.PurchaseOrder,
            e.Net.ToContract(), e.Tax.ToContract(), e.Total.ToContract(),
            [.. e.Installments.Select(due => Item(id, invoice.ItemWith(due.Number, due.Amount)))], e.ExternalNumber,
            e.Chargeback?.InvoiceId);
    }

    private static Contract.OpenItem Item(Guid invoiceId, OpenItem item) => new(
        invoiceId, item.Installment, item.InvoiceNumber, item.LegalEntity, item.CustomerId, item.InvoiceDate,
        item.DueDate, item.Amount.ToContract(), item.Balance.ToContract(), item.OrderReference, item.PurchaseOrder,
        item.Discount?.LastDay,
        item.Discount is { } discount ? item.Balance.Times(discount.Rate).ToContract() : null,
        item.OriginalDueDate, item.Disputed?.ToContract(), item.Kind switch
        {
            DocumentKind.DebitMemo => "debit-memo",
            DocumentKind.Deposit => "deposit",
            _ => null,
        },
        item.Discount?.Rate, item.ExternalNumber,
        Unearned(item),
        item.Charge switch
        {
            ChargeKind.LateFee or ChargeKind.StatutorySum => "late-fee",
            ChargeKind.Interest => "interest",
            _ => null,
        });

    /// <summary>What is left of what may be deducted without being earned; null where nothing is.</summary>
    private static Contract.UnearnedDiscount? Unearned(OpenItem item)
    {
        if (item.Discount is not { Unearned: { } bound } discount)
            return null;
        var left = bound.UpTo is { } most
            ? Money.Round(most, item.Balance.Currency) - (item.UnearnedTaken ?? Money.Zero(item.Balance.Currency))
            : (Money?)null;
        return left is { IsPositive: false }
            ? null
            : new(bound.Days is null ? null : bound.LastDay(discount.LastDay), left?.ToContract());
    }

    private static Contract.JournalEntryPosted? Entry<TEvent>(Recorded<TEvent> e) =>
        Posting.Of(e.Event) is not { } posting ? null : new Contract.JournalEntryPosted(
            posting.EventId, posting.LegalEntity, posting.Entry.PostingDate, posting.Entry.Kind, posting.SourceId,
            posting.SourceNumber, posting.CustomerId,
            [.. posting.Entry.Lines.Select(Line)]);

    private static Contracts.JournalLine Line(JournalLine line) => new(
        line.Account, line.Role, line.Debit.ToContract(), line.Credit.ToContract(), line.BaseDebit?.ToContract(),
        line.BaseCredit?.ToContract());
}
