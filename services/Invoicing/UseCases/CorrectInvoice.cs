using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Corrects an issued invoice, which itself never changes: a credit memo over the whole of it and a new invoice,
/// linked, in one transaction. What was paid on the old one stays there; the credit that is too much for it settles the
/// new one. One that bills less waits by the bands of a credit memo; one that is due later is for those whom the matrix
/// lets decide on terms alone.
/// </summary>
public static class CorrectInvoice
{
    /// <summary>The pair that takes the place of the invoice.</summary>
    public sealed record Response(CreditMemoView CreditMemo, InvoiceView Invoice);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/{id:guid}/correct", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<Response>(StatusCodes.Status201Created)
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Credit an invoice and bill it again");

    private static Task<IResult> HandleAsync(
        Guid id, Correction request, HttpCommand command, DocumentNumbers numbers, ApprovalGate gate,
        AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var (plan, old, draft) = await PlanAsync(
                id, request, command, calendars, command.Metadata(request.Reason), cancellation);
            if (plan.Refusal is not null)
                return plan.With(numbers);
            command.Expect(old.Version);
            var (issued, less) = (old.State.Issued!, old.State.Issued!.Total - draft!.Total);

            // What is billed again to be due later has other terms: not past those who approve these.
            if (draft.IsDueLaterThan(old.State) && await gate.RequiredAsync(
                ApprovalKinds.Terms, issued.Books.LegalEntity, draft.BaseTotal ?? draft.Total, command.Caller.Roles,
                cancellation) is { Approvals: > 0 })
                return AdjustmentRefusals.DueLater(old.State);
            if (!less.IsPositive)
                return plan.With(numbers);

            // A correction that lowers the bill is a credit: it waits for those who approve that, and one of a
            // correction is judged with what that has lowered already, never by less than it takes off now.
            var first = await FirstAsync(issued, command.Store, cancellation);
            return await gate.PassAsync(command, new ApprovalWish<IssueCreditMemo>(
                ApprovalKinds.CreditMemo, issued.Books.LegalEntity, less,
                $"Correction of {issued.Number} that bills {less} less",
                new IssueCreditMemo(issued.CustomerId, CreditReason.Correction, [], id, Correction: request),
                request.Reason, InAll: Money.Max(less, first.Total - draft.Total)).InBooks(issued.Rate, issued.Books),
                plan.With(numbers));
        });

    /// <summary>The invoice that all the corrections began with.</summary>
    private static async Task<InvoiceIssued> FirstAsync(
        InvoiceIssued invoice, EventStore store, CancellationToken cancellation)
    {
        while (invoice.Corrects is { } before)
            invoice = (await store.LoadAsync(InvoiceStream.Type, before, cancellation)).State.Issued!;
        return invoice;
    }

    /// <summary>It is approved, by so much: what would lower the bill by more by now is refused.</summary>
    internal static async Task<Plan> CarryOutAsync(
        Guid id, Correction request, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (plan, old, draft) = await PlanAsync(
            id, request, grant.Command, grant.Services.GetRequiredService<AccountingCalendars>(), grant.Metadata,
            cancellation);
        return plan.Refusal is null && old.State.Issued!.Total - draft!.Total is var less
            && less > grant.Requested.Amount
            ? AdjustmentRefusals.BillsLess(old.State, less, grant.Requested.Amount)
            : plan.With(grant.Services.GetRequiredService<DocumentNumbers>());
    }

    /// <summary>The pair, or why there is none, with the old invoice and what the new one bills.</summary>
    private static async Task<(NumberedPlan Plan, Loaded<Invoice> Old, InvoiceDraft? Draft)> PlanAsync(
        Guid id, Correction request, HttpCommand command, AccountingCalendars calendars, EventMetadata metadata,
        CancellationToken cancellation)
    {
        var old = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
        if (old.State.Issued is not { } issued)
            return (InvoiceRefusals.NotFound(id), old, null);
        if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
            return (denied, old, null);
        if (Refuse(old.State, request) is { } refusal)
            return (refusal, old, null);
        await calendars.RefreshAsync(cancellation);
        var wish = new IssueInvoice(
            issued.CustomerId, request.Lines, request.InvoiceDate, issued.Total.Currency.Code,
            request.OrderReference ?? issued.OrderReference, request.PurchaseOrder ?? issued.PurchaseOrder,
            request.Terms ?? issued.Terms, ContractReference: issued.ContractReference,
            ExternalNumber: issued.ExternalNumber);
        var now = command.Clock.GetUtcNow();
        var (draft, wrong) = InvoiceDraft.Of(
            wish, (await BillingAccounts.LoadAsync(command, [wish], now))[0]!, now);
        if (draft is null)
            return (wrong!, old, null);
        var plan = Pair(
            id, old, draft with { Corrects = id }, command,
            calendars.Context(issued.Books.LegalEntity, command.Caller), metadata);
        return (plan, old, draft);
    }

    private static Refusal? Refuse(Invoice invoice, Correction request) => invoice switch
    {
        _ when Refusal.Unexplained(request.Reason) is { } unexplained => unexplained,
        { IsVoid: true } => AdjustmentRefusals.IsVoid(invoice),
        { IsDeposit: true } => DepositRefusals.NotCorrected(invoice),
        { Issued.Kind: DocumentKind.DebitMemo } => AdjustmentRefusals.NotCorrected(invoice),
        { Correction: not null } => AdjustmentRefusals.AlreadyCorrected(invoice),
        { Credited.IsZero: false } => AdjustmentRefusals.AlreadyCredited(invoice),
        { ChargedBack.IsZero: false } => ChargebackRefusals.NotCorrected(invoice),
        { GivenUp.IsZero: false } => AdjustmentRefusals.ExceedsCreditable(invoice, invoice.Issued!.Total),
        _ => null,
    };

    private static NumberedPlan Pair(
        Guid id, Loaded<Invoice> old, InvoiceDraft draft, HttpCommand command, PostingContext context,
        EventMetadata metadata)
    {
        var credit = CreditMemoDraft.Whole(id, old.State.Issued!, context);
        var credits = NumberSeries.CreditMemos(credit.Books.LegalEntity, credit.CreditDate);
        var invoices = NumberSeries.Invoices(draft.Books.LegalEntity, draft.InvoiceDate);
        var (memoId, newId) = (Ids.Next(command.Clock), Ids.Next(command.Clock));
        return NumberedPlan.Write([credits, invoices], drawn =>
        {
            var memo = CreditMemoDecider.Issue(credit, drawn.Next(credits));
            var issued = (InvoiceIssued)InvoiceDecider.Issue(Invoice.Initial, draft, drawn.Next(invoices)).Events[0];
            var settlement = new CreditSettlement(
                memoId, CreditMemo.Evolve(CreditMemo.Initial, memo), context, () => Ids.Next(command.Clock),
                new HashSet<Guid> { memo.CustomerId, issued.CustomerId });
            object[] onOld =
            [
                new InvoiceCredited(memoId, memo.Number, memo.Total),
                .. settlement.Settle(id, old.State).Events,
                new InvoiceCorrected(memoId, newId, issued.Number),
            ];
            var fresh = Invoice.Evolve(Invoice.Initial, issued);
            object[] onNew = [issued, .. settlement.Settle(newId, fresh).Events];
            object[] onMemo = [memo, .. settlement.MemoEvents];
            var batch = new WriteBatch(metadata)
                .Append(InvoiceStream.Type, id, old.Version, onOld)
                .Append(InvoiceStream.Type, newId, 0, onNew)
                .Append(CreditMemoStream.Type, memoId, 0, onMemo);
            return (batch, Reply.Created($"/v1/invoices/{newId}", new Response(
                CreditMemoView.Of(memoId, settlement.Memo, onMemo.Length),
                InvoiceView.Of(newId, onNew.Aggregate(Invoice.Initial, Invoice.Evolve), onNew.Length))));
        });
    }
}
