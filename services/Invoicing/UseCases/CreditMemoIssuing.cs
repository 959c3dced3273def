using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Numbering;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Checks, prices and issues a credit memo, and settles its invoice with it.</summary>
internal sealed class CreditMemoIssuing(EventStore store, TimeProvider clock, AccountingCalendars calendars)
{
    /// <summary>The draft with the invoice it credits, or why there is none.</summary>
    public async Task<(CreditMemoDraft? Draft, Loaded<Invoice>? Invoice, Refusal? Refusal)> DraftAsync(
        IssueCreditMemo wish, Caller caller, CancellationToken cancellation)
    {
        await calendars.RefreshAsync(cancellation);
        var now = clock.GetUtcNow();
        Loaded<Invoice>? invoice = wish.InvoiceId is { } named
            ? await store.LoadAsync(InvoiceStream.Type, named, cancellation)
            : null;
        var asked = new IssueInvoice(
            wish.CustomerId, wish.Lines, wish.CreditDate,
            invoice?.State.Issued?.Total.Currency.Code ?? wish.Currency);
        var accounts = await BillingAccounts.LoadAsync(store.Database, caller, [asked], now, cancellation);
        if (accounts[0] is not { } account)
            return (null, null, InvoiceRefusals.UnknownCustomer(wish.CustomerId));
        if (caller.Deny(account.Books.LegalEntity) is { } denied)
            return (null, null, denied);
        if (wish.Import is { } import)
        {
            account = account with { TaxRounding = import.Rounding };
            var known = await store.LoadAsync(CreditMemoStream.Type, import.Id, cancellation);
            if (known.State.Issued is { } before)
                return (null, null, EInvoiceRefusals.AlreadyImported(before.Number, import.Id));
        }

        if (invoice is { } credited && credited.State.Issued?.CustomerId != wish.CustomerId)
            return (null, null, CreditMemoRefusals.UnknownInvoice(wish.InvoiceId!.Value));

        var (draft, refusal) = CreditMemoDraft.Of(wish, account, invoice?.State.Issued, now);
        if (draft is null)
            return (null, invoice, refusal);
        var (credit, no) = draft.For(invoice?.State);
        return (credit, invoice, no);
    }

    /// <summary>Issues the draft and settles the invoice with it where the wish says so.</summary>
    /// <param name="draft">The credit memo but for its number.</param>
    /// <param name="invoice">The invoice it credits, or null.</param>
    /// <param name="apply">Settle that invoice with it, as far as it is open.</param>
    /// <param name="context">When, and which days are open.</param>
    /// <param name="metadata">Who, and why.</param>
    /// <param name="installment">Only this installment; without it those that are due first.</param>
    /// <param name="with">Adds what must be written with it, given its identifier and what it has become.</param>
    /// <param name="naturalId">Its identifier where its origin gives it one; without it a new one.</param>
    public NumberedPlan Plan(
        CreditMemoDraft draft, Loaded<Invoice>? invoice, bool apply, PostingContext context, EventMetadata metadata,
        int? installment = null, Action<WriteBatch, Guid, CreditMemo>? with = null,
        Guid? naturalId = null)
    {
        var id = naturalId ?? Ids.Next(clock);
        var series = NumberSeries.CreditMemos(draft.Books.LegalEntity, draft.CreditDate);
        var taxes = draft.OfDeposit ? null : Invoice.TaxesOf(draft.Lines, draft.Total.Currency);
        if (invoice is { } credited && Credited(credited.State, "") is { Refusal: { } refusal })
            return refusal;
        return NumberedPlan.Write([series], drawn =>
        {
            var issued = CreditMemoDecider.Issue(draft, drawn.Next(series));
            var memo = CreditMemo.Evolve(CreditMemo.Initial, issued);
            var batch = new WriteBatch(metadata);
            var settlement = new CreditSettlement(id, memo, context, () => Ids.Next(clock));
            if (invoice is { } one)
            {
                var events = Credited(one.State, issued.Number).Events.ToList();
                if (apply)
                {
                    var after = events.Aggregate(one.State, Invoice.Evolve);
                    events.AddRange(settlement.Settle(draft.InvoiceId!.Value, after, installment).Events);
                }

                batch.Append(InvoiceStream.Type, draft.InvoiceId!.Value, one.Version, events);
            }

            object[] onMemo = [issued, .. settlement.MemoEvents];
            batch.Append(CreditMemoStream.Type, id, 0, onMemo);
            with?.Invoke(batch, id, settlement.Memo);
            return (batch, Reply.Created(
                $"/v1/credit-memos/{id}", CreditMemoView.Of(id, settlement.Memo, onMemo.Length), onMemo.Length));
        });

        Decision Credited(Invoice state, string number) => CreditedLoss.Credit(
            state, new CreditSource(id, number, draft.CreditDate), draft.Total, taxes, installment, context);
    }
}
