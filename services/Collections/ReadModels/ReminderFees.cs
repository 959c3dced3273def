using OrderToCash.Collections.Notices;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>What Invoicing has answered about the fee of a notice.</summary>
public sealed class ReminderFeesProjection : Projection
{
    private const string Charged =
        "insert into reminder_fees (notice_id, document_id, document_number) " +
        "select f.* from unnest($1, $2, $3) as f on conflict (notice_id) do nothing";

    private const string Refused =
        "insert into reminder_fees (notice_id, refusal) " +
        "select f.* from unnest($1, $2) as f on conflict (notice_id) do nothing";

    public ReminderFeesProjection()
        : base("reminder_fees", "reminder_fees")
    {
        On<ReminderFeeCharged>(Charged, rows => rows
            .Column(r => r.Data.NoticeId)
            .Column(r => r.Data.DocumentId)
            .Column(r => r.Data.DocumentNumber));
        On<ReminderFeeRefused>(Refused, rows => rows
            .Column(r => r.Data.NoticeId)
            .Column(r => r.Data.Code));
    }
}
