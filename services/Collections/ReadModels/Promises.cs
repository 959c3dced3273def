using OrderToCash.Collections.Promises;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Promises, and which items have an open one.</summary>
public sealed class PromisesProjection : Projection
{
    private const string Insert =
        "insert into promises (id, legal_entity, customer_id, currency, amount, received, tolerance, promised_for, " +
        "judged_after, level, status, contact_name, note, made_at, made_by, version) " +
        "select p.id, p.legal_entity, p.customer_id, p.currency, p.amount, 0, p.tolerance, p.promised_for, " +
        "p.judged_after, p.level, 'open', p.contact_name, p.note, p.at, p.by, p.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as p (id, legal_entity, " +
        "customer_id, currency, amount, tolerance, promised_for, judged_after, level, contact_name, note, at, by, " +
        "version)";

    private const string Items =
        "insert into promise_items (promise_id, invoice_id, installment, invoice_number, balance, source_version, " +
        "failed, open) select i.*, false, true from unnest($1, $2, $3, $4, $5, $6) as i";

    private const string Settle =
        "update promises p set status = n.status, received = n.received, settled_at = n.at, version = n.version " +
        "from unnest($1, $2, $3, $4, $5) as n (id, status, received, at, version) where p.id = n.id";

    private const string Close =
        "update promise_items i set open = false, failed = n.failed from unnest($1, $2) as n (id, failed) " +
        "where i.promise_id = n.id";

    /// <summary>An item that was promised anew in the meantime stays with the newer promise.</summary>
    private const string Reopen =
        "update promise_items i set failed = false, open = not exists (select 1 from promise_items o " +
        "where o.open and o.invoice_id = i.invoice_id and o.installment = i.installment) " +
        "where i.promise_id = any($1)";

    public PromisesProjection()
        : base("promises", "promises", "promise_items")
    {
        On<PromiseMade>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.Amount.Currency.Code)
            .Column(r => r.Data.Amount.Amount)
            .Column(r => r.Data.Tolerance.Amount)
            .Column(r => r.Data.PromisedFor)
            .Column(r => r.Data.JudgedAfter)
            .Column(r => r.Data.Level)
            .Column(r => r.Data.ContactName)
            .Column(r => r.Data.Note)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Version));
        OnEach<PromiseMade, (Guid Promise, PromisedItem Item)>(
            r => r.Data.Items.Select(item => (r.StreamId, item)), Items, rows => rows
                .Column(r => r.Promise)
                .Column(r => r.Item.InvoiceId)
                .Column(r => r.Item.Installment)
                .Column(r => r.Item.InvoiceNumber)
                .Column(r => r.Item.Balance.Amount)
                .Column(r => r.Item.Version));
        OnOutcome<PromiseKept>("kept", kept => kept.Outcome, failed: _ => false);
        OnOutcome<PromisePartlyKept>("partly-kept", kept => kept.Outcome, failed: _ => false);
        OnOutcome<PromiseBroken>("broken", broken => broken.Outcome, failed: _ => true);

        // What we gave up the customer has not failed to pay.
        OnOutcome<PromiseCancelled>(
            "cancelled", cancelled => cancelled.Outcome, failed: outcome => outcome.GivenUp is null);
        OnSettled<PromiseReopened>("open", open => open.Outcome);
        On<PromiseReopened>(Reopen, rows => rows.Column(r => r.StreamId));
    }

    private void OnOutcome<TEvent>(
        string status, Func<TEvent, PromiseOutcome> outcome, Func<PromiseOutcome, bool> failed)
    {
        OnSettled(status, outcome);
        On<TEvent>(Close, rows => rows
            .Column(r => r.StreamId)
            .Column(r => failed(outcome(r.Data))));
    }

    private void OnSettled<TEvent>(string status, Func<TEvent, PromiseOutcome> outcome) =>
        On<TEvent>(Settle, rows => rows
            .Column(r => r.StreamId)
            .Column(_ => status)
            .Column(r => outcome(r.Data).Received.Amount)
            .Column(r => r.At)
            .Column(r => r.Version));
}
