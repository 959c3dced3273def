using System.Text.Json.Serialization;
using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>What of an installment is given up.</summary>
/// <param name="Reason">Why; kept in the history.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Amount">Of the document's currency; without it all that is open on the installment.</param>
/// <param name="PostingDate">An open day since the last posting on it; else the day it is carried out.</param>
/// <param name="Line">Of a waiver that is stored: the one line of the debit memo, from 1, that is let go; without it
/// all of them. A request names it in its path, which an older version does not know: it lets go of all lines else.
/// </param>
public sealed record GiveUp(
    string Reason, int Installment = 1, decimal? Amount = null, DateOnly? PostingDate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null)
{
    /// <summary>A request with the invoice it is about; stored where it waits for an approval.</summary>
    /// <param name="InvoiceId">The invoice or debit memo.</param>
    /// <param name="Request">What is given up.</param>
    /// <param name="Cancellation">The debit memo is voided instead, which gives up all of it.</param>
    /// <param name="OfLine">The installment, where one line is let go; the request names none then.</param>
    /// <param name="RunId">The run that gives up the small balances of many; its identifier is the invoice's, too, so
    /// that an older version finds no such invoice.</param>
    public sealed record Wish(
        Guid InvoiceId, GiveUp Request,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Cancellation? Cancellation = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? OfLine = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? RunId = null)
    {
        /// <summary>
        /// As it is stored. Should an older version carry out one of a line, it finds no such installment rather than
        /// let go of all lines.
        /// </summary>
        internal static Wish Of(Guid invoiceId, GiveUp request) => request.Line is null
            ? new Wish(invoiceId, request)
            : new Wish(invoiceId, request with { Installment = 0 }, OfLine: request.Installment);

        /// <summary>What was asked for.</summary>
        internal GiveUp Asked() => OfLine is { } installment ? Request with { Installment = installment } : Request;
    }
}

/// <summary>A way to give up what is owed, once those approve who must.</summary>
/// <param name="Kind">By which bands it is judged.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Decide">Of an invoice, under a new identifier, what is asked for, an amount or all, and when.</param>
/// <param name="Before">What of an invoice, per installment, was given up in this way already; it is judged with that,
/// and with what was so of its chargebacks.</param>
internal sealed record GivingUp(
    string Kind, string Name, Func<Invoice, Guid, GiveUp, Money?, PostingContext, Decision> Decide,
    Func<Invoice, IReadOnlyDictionary<int, Money>> Before)
{
    public Task<IResult> HandleAsync(
        Guid id, GiveUp body, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars, int? line = null)
    {
        var request = body with { Line = line };
        return command.CommitAsync(async cancellation =>
        {
            if (body.Line is not null)
                return InvoiceRefusals.Invalid("/line", "A line is let go at /invoices/{id}/lines/{line}/waive.");
            var loaded = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            var (invoice, version) = loaded;
            if (invoice.Issued is not { } issued)
                return InvoiceRefusals.NotFound(id);
            if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
                return denied;
            command.Expect(version);
            var family = await InvoiceFamily.LoadAsync(command.Store, id, loaded, cancellation);
            await calendars.RefreshAsync(cancellation);
            var (plan, amount) = Write(id, invoice, version, request, command, calendars, request.Reason);
            var wish = new ApprovalWish<GiveUp.Wish>(
                Kind, issued.Books.LegalEntity, amount,
                $"{Name} of {amount} on {issued.Number}{(line is null ? "" : $", line {line}")}",
                GiveUp.Wish.Of(id, request), request.Reason,
                InAll: amount + family.Sum(one => Money.Sum(Before(one).Values, one.Currency)));
            return await gate.PassAsync(command, wish.InBooks(issued.Rate, issued.Books), family.Guard(plan));
        });
    }

    /// <summary>
    /// What was approved, as it can be carried out now: the amount it was judged by, whatever is open by now.
    /// </summary>
    public async Task<Plan> CarryOutAsync(GiveUp.Wish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (command, calendars) = (grant.Command, grant.Services.GetRequiredService<AccountingCalendars>());
        await calendars.RefreshAsync(cancellation);
        var (invoice, version) = await command.Store.LoadAsync(InvoiceStream.Type, wish.InvoiceId, cancellation);
        var approved = wish.Asked() with { Amount = grant.Requested.Amount.Amount };
        return Write(wish.InvoiceId, invoice, version, approved, command, calendars, grant.Reason).Plan;
    }

    private (Plan Plan, Money Amount) Write(
        Guid id, Invoice invoice, long version, GiveUp request, HttpCommand command, AccountingCalendars calendars,
        string reason)
    {
        var none = Money.Zero(invoice.Currency);
        if (command.Caller.Deny(invoice.Issued!.Books.LegalEntity) is { } denied)
            return (denied, none);
        if (Refusal.Unexplained(request.Reason) is { } unexplained)
            return (unexplained, none);
        if (!CreditMemoAccess.TryAmount(request.Amount, invoice.Currency, out var amount))
            return (AdjustInvoice.WrongAmount(invoice), none);
        var decision = Decide(
            invoice, Ids.Next(command.Clock), request, amount,
            calendars.Context(invoice.Issued.Books.LegalEntity, command.Caller, request.PostingDate));
        if (decision.Refusal is { } refusal)
            return (refusal, none);
        var (state, after) = (decision.Events.Aggregate(invoice, Invoice.Evolve), version + decision.Events.Count);
        return (Plan.Write(
            new WriteBatch(command.Metadata(reason)).Append(InvoiceStream.Type, id, version, decision.Events),
            Reply.Ok(InvoiceView.Of(id, state, after), after)), invoice.Balance - state.Balance);
    }
}
