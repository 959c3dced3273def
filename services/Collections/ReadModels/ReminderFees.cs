using OrderToCash.Collections.Notices;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>
/// Which steps were charged, and what Invoicing has answered about the fee of a notice. A step of an item is charged
/// once, whatever became of the notice since.
/// </summary>
public sealed class ReminderFeesProjection : Projection
{
    private const string Asked =
        "insert into charged_steps (invoice_id, installment, step, legal_entity, customer_id, notice_id) " +
        "select s.* from unnest($1, $2, $3, $4, $5, $6) as s on conflict (invoice_id, installment, step) do nothing";

    private const string Charged =
        "insert into reminder_fees (notice_id, document_id, document_number) " +
        "select f.* from unnest($1, $2, $3) as f on conflict (notice_id) do nothing";

    private const string Refused =
        "insert into reminder_fees (notice_id, refusal) " +
        "select f.* from unnest($1, $2) as f on conflict (notice_id) do nothing";

    public ReminderFeesProjection()
        : base("reminder_fees", "reminder_fees", "charged_steps")
    {
        OnEach<ReminderFeeAsked, (ChargedItem Item, Guid Notice, ReminderFeeAsked Asked)>(
            r => r.Data.Items.Select(item => (item, r.StreamId, r.Data)), Asked, rows => rows
                .Column(r => r.Item.InvoiceId)
                .Column(r => r.Item.Installment)
                .Column(r => r.Asked.Step)
                .Column(r => r.Asked.LegalEntity)
                .Column(r => r.Asked.CustomerId)
                .Column(r => r.Notice));
        On<ReminderFeeCharged>(Charged, rows => rows
            .Column(r => r.Data.NoticeId)
            .Column(r => r.Data.DocumentId)
            .Column(r => r.Data.DocumentNumber));
        On<ReminderFeeRefused>(Refused, rows => rows
            .Column(r => r.Data.NoticeId)
            .Column(r => r.Data.Code));
    }
}
