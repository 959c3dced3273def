using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Notices;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>The contact log: what people wrote down and the notices that went out or failed, by themselves.</summary>
public sealed class ContactLogProjection : Projection
{
    private const string Insert =
        "insert into contact_log (id, customer_id, legal_entity, channel, outcome, summary, contact_name, notice_id, " +
        "occurred_at, by) select c.* from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as c";

    public ContactLogProjection()
        : base("contact_log", "contact_log")
    {
        On<ActivityLogged>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => Kebab.Of(r.Data.Channel))
            .Column(r => Kebab.Of(r.Data.Outcome))
            .Column(r => r.Data.Summary)
            .Column(r => r.Data.ContactName)
            .Column(_ => (Guid?)null)
            .Column(r => r.Data.OccurredAt)
            .Column(r => r.Event.Metadata.By));
        OnNotice<NoticeSent>(sent => sent.Content, "sent", sent => NoticeSummary.Sent(sent.Content));
        OnNotice<NoticeFailed>(failed => failed.Content, "failed", NoticeSummary.Failed);
    }

    /// <summary>Every attempt is an entry of its own, so its id is the event's.</summary>
    private void OnNotice<TEvent>(Func<TEvent, NoticeContent> content, string outcome, Func<TEvent, string> summary) =>
        On<TEvent>(Insert, rows => rows
            .Column(r => r.Event.Id)
            .Column(r => content(r.Data).CustomerId)
            .Column(r => content(r.Data).LegalEntity)
            .Column(r => Kebab.Of(content(r.Data).Channel))
            .Column(_ => outcome)
            .Column(r => summary(r.Data))
            .Column(_ => (string?)null)
            .Column(r => (Guid?)r.StreamId)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By));
}
