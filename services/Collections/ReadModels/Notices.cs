using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Notices for lists, and which steps an item has had.</summary>
public sealed class NoticesProjection : Projection
{
    private const string Upsert =
        "insert into notices (id, run_id, legal_entity, customer_id, date, step, channel, status, recipient, " +
        "subject, amount, " +
        "currency, items, prepared_at, version, playbook) " +
        "select n.id, n.run_id, n.legal_entity, n.customer_id, n.date, n.step, n.channel, 'prepared', n.recipient, " +
        "n.subject, " +
        "n.amount, n.currency, n.items, n.at, n.version, n.playbook " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as n (id, run_id, " +
        "legal_entity, " +
        "customer_id, date, step, channel, recipient, subject, amount, currency, items, at, version, playbook) " +
        "on conflict (id) do update set run_id = excluded.run_id, step = excluded.step, channel = excluded.channel, " +
        "status = 'prepared', reason = null, recipient = excluded.recipient, subject = excluded.subject, " +
        "amount = excluded.amount, currency = excluded.currency, items = excluded.items, " +
        "prepared_at = excluded.prepared_at, settled_at = null, put_off_until = null, " +
        "version = excluded.version, " +
        "playbook = excluded.playbook, fee = null, fee_currency = null";

    private const string Forget = "delete from notice_items where notice_id = any($1)";

    private const string Items =
        "insert into notice_items (notice_id, invoice_id, installment, step, step_offset, counts) " +
        "select i.*, true from unnest($1, $2, $3, $4, $5) as i";

    private const string Settle =
        "update notices m set status = n.status, reason = n.reason, settled_at = n.at, version = n.version " +
        "from unnest($1, $2, $3, $4, $5) as n (id, status, reason, at, version) where m.id = n.id";

    private const string PutOff =
        "update notices m set put_off_until = n.until, reason = n.reason, version = n.version " +
        "from unnest($1, $2, $3, $4) as n (id, until, reason, version) where m.id = n.id";

    private const string Follow =
        "update notices m set version = n.version from unnest($1, $2) as n (id, version) where m.id = n.id";

    private const string Release = "update notice_items set counts = false where notice_id = any($1)";

    private const string NameFee =
        "update notices m set fee = n.fee, fee_currency = n.currency, version = n.version " +
        "from unnest($1, $2, $3, $4) as n (id, fee, currency, version) where m.id = n.id";

    public NoticesProjection()
        : base("notices", "notices", "notice_items")
    {
        On<NoticePrepared>(Upsert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.Content.RunId)
            .Column(r => r.Data.Content.LegalEntity)
            .Column(r => r.Data.Content.CustomerId)
            .Column(r => r.Data.Content.Date)
            .Column(r => r.Data.Content.Step)
            .Column(r => Kebab.Of(r.Data.Content.Channel))
            .Column(r => r.Data.Content.To)
            .Column(r =>
                r.Data.Mail?.Subject ?? r.Data.Message?.Subject ?? r.Data.Letter?.Subject ?? r.Data.Work!)
            .Column(r => Deduction.From(r.Data.Content.Totals, r.Data.Content.Deductions)[0].Amount)
            .Column(r => r.Data.Content.Totals[0].Currency.Code)
            .Column(r => r.Data.Content.Items.Count)
            .Column(r => r.At)
            .Column(r => r.Version)
            .Column(r => r.Data.Content.Playbook));
        On<NoticePrepared>(Forget, rows => rows.Column(r => r.StreamId));
        OnEach<NoticePrepared, (Guid Notice, NoticeItem Item)>(
            r => r.Data.Content.Items.Where(item => !item.Listed).Select(item => (r.StreamId, item)), Items,
            rows => rows
                .Column(r => r.Notice)
                .Column(r => r.Item.InvoiceId)
                .Column(r => r.Item.Installment)
                .Column(r => r.Item.Step)
                .Column(r => r.Item.StepOffset));
        On<ReminderFeeNamed>(NameFee, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.Fee.Amount)
            .Column(r => r.Data.Fee.Currency.Code)
            .Column(r => r.Version));
        On<ReminderFeeAsked>(Follow, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Version));
        On<NoticeCopied>(Follow, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Version));
        On<NoticePutOff>(PutOff, rows => rows
            .Column(r => r.StreamId)
            .Column(r => (DateTimeOffset?)r.Data.Until)
            .Column(r => r.Data.Rule)
            .Column(r => r.Version));
        On<NoticeTakenUp>(PutOff, rows => rows
            .Column(r => r.StreamId)
            .Column(_ => (DateTimeOffset?)null)
            .Column(_ => (string?)null)
            .Column(r => r.Version));
        OnOutcome<NoticeHandedOver>("handed-over", _ => null);
        OnOutcome<LetterQueued>("queued", _ => null);
        OnOutcome<NoticeSent>("sent", _ => null);
        OnOutcome<NoticeFailed>("failed", failed => failed.Reason);
        OnOutcome<NoticeWithdrawn>("withdrawn", withdrawn => withdrawn.Reason);

        // What did not go out counts for nothing: the item is due for that step again.
        On<NoticeFailed>(Release, rows => rows.Column(r => r.StreamId));
        On<NoticeWithdrawn>(Release, rows => rows.Column(r => r.StreamId));
    }

    private void OnOutcome<TEvent>(string status, Func<TEvent, string?> reason) => On<TEvent>(Settle, rows => rows
        .Column(r => r.StreamId)
        .Column(_ => status)
        .Column(r => reason(r.Data))
        .Column(r => r.At)
        .Column(r => r.Version));
}
