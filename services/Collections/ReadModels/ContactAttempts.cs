using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Contacts that took place or were suppressed, for reports and the worklist.</summary>
public sealed class ContactAttemptsProjection : Projection
{
    private const string Insert =
        "insert into contact_attempts (id, legal_entity, customer_id, channel, address, contact_name, outcome, rule, " +
        "detail, until, conversation, notice_id, activity_id, at, by, is_copy) select a.* " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) as a";

    private const string Fail =
        "insert into failed_addresses (customer_id, address, detail, at) select f.* from unnest($1, $2, $3, $4) as f " +
        "on conflict (customer_id, address) do update set detail = excluded.detail, at = excluded.at";

    private const string Restore =
        "delete from failed_addresses f using unnest($1, $2) as r (customer_id, address) " +
        "where f.customer_id = r.customer_id and f.address = r.address";

    private const string FailMessages =
        "insert into failed_message_addresses (customer_id, channel, address, detail, at) select f.* " +
        "from unnest($1, $2, $3, $4, $5) as f on conflict (customer_id, channel, address) " +
        "do update set detail = excluded.detail, at = excluded.at";

    private const string RestoreMessages =
        "delete from failed_message_addresses f using unnest($1, $2, $3) as r (customer_id, channel, address) " +
        "where f.customer_id = r.customer_id and f.channel = r.channel and f.address = r.address";

    private const string OptOut =
        "insert into opted_out_addresses (customer_id, channel, address, at) select o.* " +
        "from unnest($1, $2, $3, $4) as o on conflict (customer_id, channel, address) do update set at = excluded.at";

    private const string OptIn =
        "delete from opted_out_addresses o using unnest($1, $2, $3) as n (customer_id, channel, address) " +
        "where o.customer_id = n.customer_id and o.channel = n.channel and o.address = n.address";

    public ContactAttemptsProjection()
        : base(
            "contact_attempts", "contact_attempts", "failed_addresses", "failed_message_addresses",
            "opted_out_addresses")
    {
        OnPoint<ContactAttempted>("attempted", e => e.Point, conversation: e => e.Conversation,
            notice: e => e.NoticeId, activity: e => e.ActivityId, copy: e => e.IsCopy);
        OnPoint<ContactSuppressed>("suppressed", e => e.Point, e => (e.Rule, e.Detail, e.Until),
            notice: e => e.NoticeId);
        OnPoint<ContactRuleBroken>("rule-broken", e => e.Point, e => (e.Rule, e.Detail, null),
            activity: e => e.ActivityId);
        OnEach<AddressFailed, Recorded<AddressFailed>>(r => IsOfMail(r.Data.Point) ? [r] : [], Fail, rows => rows
            .Column(r => r.Data.Point.CustomerId)
            .Column(r => ContactProfile.Key(r.Data.Point.Address))
            .Column(r => r.Data.Detail)
            .Column(r => r.At));
        OnEach<ConsentStated, Recorded<ConsentStated>>(r => r.Data.Granted ? [] : [r], OptOut, rows => rows
            .Column(r => r.Data.Point.CustomerId)
            .Column(r => Kebab.Of(r.Data.Point.Channel))
            .Column(r => ContactProfile.Key(r.Data.Point.Address))
            .Column(r => r.At));
        OnEach<ConsentStated, Recorded<ConsentStated>>(r => r.Data.Granted ? [r] : [], OptIn, rows => rows
            .Column(r => r.Data.Point.CustomerId)
            .Column(r => Kebab.Of(r.Data.Point.Channel))
            .Column(r => ContactProfile.Key(r.Data.Point.Address)));
        OnEach<AddressRestored, Recorded<AddressRestored>>(r => IsOfMail(r.Data.Point) ? [r] : [], Restore, rows => rows
            .Column(r => r.Data.Point.CustomerId)
            .Column(r => ContactProfile.Key(r.Data.Point.Address)));
        OnEach<AddressFailed, Recorded<AddressFailed>>(
            r => IsOfMail(r.Data.Point) ? [] : [r], FailMessages, rows => rows
                .Column(r => r.Data.Point.CustomerId)
                .Column(r => Kebab.Of(r.Data.Point.Channel))
                .Column(r => ContactProfile.Key(r.Data.Point.Address))
                .Column(r => r.Data.Detail)
                .Column(r => r.At));
        OnEach<AddressRestored, Recorded<AddressRestored>>(
            r => IsOfMail(r.Data.Point) ? [] : [r], RestoreMessages, rows => rows
                .Column(r => r.Data.Point.CustomerId)
                .Column(r => Kebab.Of(r.Data.Point.Channel))
                .Column(r => ContactProfile.Key(r.Data.Point.Address)));
    }

    private static bool IsOfMail(ContactPoint point) => point.Channel == ContactChannel.Email;

    private void OnPoint<TEvent>(
        string outcome, Func<TEvent, ContactPoint> point,
        Func<TEvent, (string Rule, string Detail, DateTimeOffset? Until)>? no = null,
        Func<TEvent, bool>? conversation = null, Func<TEvent, Guid?>? notice = null,
        Func<TEvent, Guid?>? activity = null, Func<TEvent, bool>? copy = null) => On<TEvent>(Insert, rows => rows
            .Column(r => r.Event.Id)
            .Column(r => point(r.Data).LegalEntity)
            .Column(r => point(r.Data).CustomerId)
            .Column(r => Kebab.Of(point(r.Data).Channel))
            .Column(r => point(r.Data).Address)
            .Column(r => point(r.Data).Name)
            .Column(_ => outcome)
            .Column(r => no?.Invoke(r.Data).Rule)
            .Column(r => no?.Invoke(r.Data).Detail)
            .Column(r => no?.Invoke(r.Data).Until)
            .Column(r => conversation?.Invoke(r.Data) ?? false)
            .Column(r => notice?.Invoke(r.Data))
            .Column(r => activity?.Invoke(r.Data))
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => copy?.Invoke(r.Data) ?? false));
}
