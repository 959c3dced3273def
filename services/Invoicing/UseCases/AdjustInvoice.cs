using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Recovers what was written off or waived, moves due dates, marks disputes: changes of one invoice.
/// </summary>
public static class AdjustInvoice
{
    /// <summary>What can be collected after all.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Installment">From 1.</param>
    /// <param name="Amount">Of the invoice's currency; without it all that is written off on the installment.</param>
    /// <param name="PostingDate">An open day since the last posting on it; without it today.</param>
    public sealed record Recovery(
        string Reason, int Installment = 1, decimal? Amount = null, DateOnly? PostingDate = null);

    /// <summary>What of a late fee or interest that was let go is asked for again.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Installment">From 1.</param>
    /// <param name="Amount">Of the debit memo's currency; without it all that was let go.</param>
    /// <param name="PostingDate">An open day since the last posting on it; without it today.</param>
    /// <param name="Line">Refused: a line is named in the path, which an older version does not know.</param>
    public sealed record Reinstatement(
        string Reason, int Installment = 1, decimal? Amount = null, DateOnly? PostingDate = null, int? Line = null);

    /// <summary>New due dates, because of an approved payment plan or change of terms.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Source"><c>payment-plan</c> or <c>terms-change</c>.</param>
    /// <param name="Reference">Which one: its number or identifier.</param>
    /// <param name="Installments">Only open ones.</param>
    public sealed record Schedule(
        string Reason, string Source, string Reference, IReadOnlyList<NewDueDate> Installments);

    /// <summary>How much of an installment is disputed, beside what a dispute at Collections holds back.</summary>
    /// <param name="Amount">Of the invoice's currency; 0 ends the mark, and no dispute at Collections.</param>
    /// <param name="Reason">Why; kept in the history.</param>
    public sealed record Dispute(decimal Amount, string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/invoices/{id:guid}/recoveries", RecoverAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceView>().WithSummary("Open a written-off item again");
        routes.MapPost("/invoices/{id:guid}/reinstate", ReinstateAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceView>().WithSummary("Take a waiver back");
        routes.MapPost("/invoices/{id:guid}/lines/{line:int}/reinstate", ReinstateLineAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceView>()
            .WithSummary("Take the waiver of one line back");
        routes.MapPost("/invoices/{id:guid}/reschedule", RescheduleAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceView>().WithSummary("Move due dates");
        routes.MapPut("/invoices/{id:guid}/installments/{installment:int}/dispute", DisputeAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<InvoiceView>()
            .WithSummary("Mark how much of an installment is disputed");
    }

    private static Task<IResult> RecoverAsync(
        Guid id, Recovery request, HttpCommand command, AccountingCalendars calendars)
    {
        var recovery = Ids.Next(command.Clock);
        return ChangeAsync(id, request.Reason, request.PostingDate, command, calendars, (invoice, context) =>
            CreditMemoAccess.TryAmount(request.Amount, invoice.Currency, out var amount)
                ? AdjustmentDecider.Recover(invoice, recovery, request.Installment, amount, context)
                : WrongAmount(invoice));
    }

    private static Task<IResult> ReinstateAsync(
        Guid id, Reinstatement request, HttpCommand command, AccountingCalendars calendars) =>
        ReinstateOnAsync(id, null, request, command, calendars);

    private static Task<IResult> ReinstateLineAsync(
        Guid id, int line, Reinstatement request, HttpCommand command, AccountingCalendars calendars) =>
        ReinstateOnAsync(id, line, request, command, calendars);

    private static Task<IResult> ReinstateOnAsync(
        Guid id, int? line, Reinstatement request, HttpCommand command, AccountingCalendars calendars)
    {
        var reinstatement = Ids.Next(command.Clock);
        return ChangeAsync(id, request.Reason, request.PostingDate, command, calendars, (invoice, context) =>
            request.Line is not null
                ? InvoiceRefusals.Invalid("/line", "A line is owed again by /invoices/{id}/lines/{line}/reinstate.")
            : CreditMemoAccess.TryAmount(request.Amount, invoice.Currency, out var amount)
                ? ChargeDecider.Reinstate(invoice, reinstatement, request.Installment, amount, context, line)
            : WrongAmount(invoice));
    }

    /// <summary>
    /// Whom the matrix lets decide alone on both plans and terms moves due dates by hand, for what it is called is no
    /// more than a word; others through Collections or Credit, where a plan or terms wait for their approval.
    /// </summary>
    private static async Task<IResult> RescheduleAsync(
        Guid id, Schedule request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars)
    {
        var before = await command.Store.LoadAsync(InvoiceStream.Type, id, command.Cancellation);
        var needed = before.State.Issued is null ? null : await NeededToDelayAsync(id, before, command, gate);
        return await ChangeAsync(id, request.Reason, null, command, calendars, (invoice, context) => request switch
        {
            { Source: not ("payment-plan" or "terms-change") } =>
                InvoiceRefusals.Invalid("/source", "The source is payment-plan or terms-change."),
            { Reference.Length: 0 or > 100 } =>
                InvoiceRefusals.Invalid("/reference", "The reference has 1 to 100 characters."),
            { Installments.Count: 0 or > 100 } =>
                InvoiceRefusals.Invalid("/installments", "1 to 100 installments are moved at once."),
            _ when needed is not null => AdjustmentRefusals.NeedsApproval(invoice, needed),
            _ => AdjustmentDecider.Reschedule(
                invoice, request.Installments, $"{request.Source} {request.Reference}", context),
        });
    }

    /// <summary>
    /// What the caller has no right to alone of what moves due dates: a kind of approval, or null. An invoice is judged
    /// as a whole, with what of it is owed on chargebacks, and so is each of these.
    /// </summary>
    internal static async Task<string?> NeededToDelayAsync(
        Guid id, Loaded<Invoice> invoice, HttpCommand command, ApprovalGate gate)
    {
        var family = await InvoiceFamily.LoadAsync(command.Store, id, invoice, command.Cancellation);
        var (issued, needed) = (invoice.State.Issued!, (string?)null);
        foreach (var kind in new[] { ApprovalKinds.Terms, ApprovalKinds.PaymentPlan })
        {
            if (await gate.RequiredAsync(
                kind, issued.Books.LegalEntity,
                JudgedInBooks.Of(family.Total, issued.Rate, issued.Books) ?? family.Total, command.Caller.Roles,
                command.Cancellation) is { Approvals: > 0 })
                needed = kind;
        }

        return needed;
    }

    private static Task<IResult> DisputeAsync(
        Guid id, int installment, Dispute request, HttpCommand command, AccountingCalendars calendars) =>
        ChangeAsync(id, request.Reason, null, command, calendars, (invoice, context) =>
            Money.TryOf(request.Amount, invoice.Currency, out var amount)
                ? AdjustmentDecider.MarkDisputed(invoice, installment, amount, context)
                : WrongAmount(invoice));

    /// <summary>
    /// Changes one invoice: decided on the calendar as it is, and again should a period be closed meanwhile.
    /// </summary>
    internal static async Task<IResult> ChangeAsync(
        Guid id, string reason, DateOnly? postingDate, HttpCommand command, AccountingCalendars calendars,
        Func<Invoice, PostingContext, Decision> decide)
    {
        await calendars.RefreshAsync(command.Cancellation);
        return await command.DecideAsync(
            InvoiceStream.Type,
            id,
            invoice => invoice.Issued is null ? InvoiceRefusals.NotFound(id)
                : command.Caller.Deny(invoice.Issued.Books.LegalEntity) is { } denied ? denied
                : Refusal.Unexplained(reason) is { } unexplained ? unexplained
                : decide(invoice, calendars.Context(invoice.Issued.Books.LegalEntity, command.Caller, postingDate)),
            decided => Reply.Ok(InvoiceView.Of(id, decided.State, decided.Version), decided.Version),
            reason: reason,
            refresh: calendars.RefreshAsync);
    }

    internal static Refusal WrongAmount(Invoice invoice) =>
        InvoiceRefusals.Invalid("/amount", $"The amount is one of {invoice.Currency}, above zero.");
}
