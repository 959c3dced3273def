using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Credits what Collections has accepted of a dispute: a credit memo over exactly that amount, tax included, which
/// settles the disputed installment, and the answer to Collections, in one transaction.
/// </summary>
internal static class DisputeCrediting
{
    /// <summary>
    /// What asks for it, as it waits for an approval where one is needed; judged with what was credited of the invoice
    /// and its chargebacks before.
    /// </summary>
    public static ApprovalWish<IssueCreditMemo> Wish(
        Guid invoiceId, Invoice invoice, InvoiceFamily family, DisputeCredit credit)
    {
        var issued = invoice.Issued!;
        var memo = new IssueCreditMemo(issued.CustomerId, CreditReason.Dispute, [], invoiceId, Dispute: credit);
        return new ApprovalWish<IssueCreditMemo>(
            ApprovalKinds.CreditMemo, issued.Books.LegalEntity, credit.Amount,
            $"Credit memo over {credit.Amount} for {issued.Number}, disputed: {credit.ReasonCode}", memo,
            credit.Reason, InAll: credit.Amount + family.Credited).InBooks(issued.Rate, issued.Books);
    }

    /// <summary>The credit memo and the answer, or why there is none.</summary>
    /// <param name="version">
    /// Of what Collections asked for, when it was seen that this is not done yet: so it is done once.
    /// </param>
    public static async Task<NumberedPlan> PlanAsync(
        Guid invoiceId, DisputeCredit credit, long version, EventStore store, TimeProvider clock,
        AccountingCalendars calendars, EventMetadata metadata, CancellationToken cancellation)
    {
        await calendars.RefreshAsync(cancellation);
        var invoice = await store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
        var stream = CollectionsSubjectStream.Id(credit.Request.SubjectId);
        if (AdjustmentDecider.Obstacle(invoice.State, credit.Installment, null) is { } refusal)
            return refusal;
        var issued = invoice.State.Issued!;
        var context = calendars.Context(issued.Books.LegalEntity);
        var (draft, no) = CreditMemoDraft.OfGross(invoiceId, invoice.State, credit.Amount, context).For(invoice.State);
        return draft is null ? no! : new CreditMemoIssuing(store, clock, calendars).Plan(
            draft, invoice, apply: true, context, metadata, credit.Installment, (batch, id, memo) => batch.Append(
                CollectionsSubjectStream.Type, stream, version, [Done(id, memo)], metadata));

        object Done(Guid id, CreditMemo memo) => credit.Request.CarriedOut(
            id, memo.Issued!.Number, memo.Applications.Select(one => (Guid?)one.Key).SingleOrDefault());
    }

    /// <summary>It is approved, which happens once.</summary>
    public static async Task<Plan> CarryOutAsync(
        Guid invoiceId, DisputeCredit credit, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (_, version) = await grant.Command.Store.LoadAsync(
            CollectionsSubjectStream.Type, CollectionsSubjectStream.Id(credit.Request.SubjectId), cancellation);
        var plan = await PlanAsync(
            invoiceId, credit, version, grant.Command.Store, grant.Command.Clock,
            grant.Services.GetRequiredService<AccountingCalendars>(), grant.Metadata, cancellation);
        return plan.With(grant.Services.GetRequiredService<DocumentNumbers>());
    }

    /// <summary>It is not approved: Collections hears so.</summary>
    public static async Task EndAsync(
        IssueCreditMemo wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        if (wish.Dispute is not { } credit)
            return;
        var stream = CollectionsSubjectStream.Id(credit.Request.SubjectId);
        var store = end.Services.GetRequiredService<EventStore>();
        var (_, version) = await store.LoadAsync(CollectionsSubjectStream.Type, stream, cancellation);
        var refusal = Refusal.State(
            "not-approved", $"The credit memo was not approved: {end.Status}. {end.Reason}".Trim());
        batch.Append(CollectionsSubjectStream.Type, stream, version, [credit.Request.Refused(refusal)]);
    }
}
