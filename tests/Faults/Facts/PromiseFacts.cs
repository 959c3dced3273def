namespace OrderToCash.Faults.Facts;

/// <summary>An event of a promise.</summary>
/// <param name="Entity">Whose receivables; its days are those of the promise.</param>
/// <param name="Needed">What keeps it: what was promised, less the tolerance.</param>
/// <param name="JudgedAfter">The last day on which money is in time.</param>
/// <param name="Received">What the event says has come in time; nothing where it was just made.</param>
/// <param name="GivenUp">What the event says was given up of it in time.</param>
public sealed record PromiseEvent(
    Guid Promise, long Version, string Type, string Entity, Guid Customer, decimal Amount, decimal Needed,
    DateTime JudgedAfter, decimal Received, decimal GivenUp)
{
    /// <summary>A person took it back: nothing becomes of it any more.</summary>
    public bool IsTakenBack => Type == "promise_cancelled" && GivenUp == 0;
}

/// <summary>What a promise is for.</summary>
/// <param name="Open">What was open of it when it was promised.</param>
/// <param name="SourceVersion">Of the invoice then: what happens later counts.</param>
public sealed record PromisedItem(Guid Promise, Guid Invoice, int Installment, decimal Open, long SourceVersion);

/// <summary>What settled an installment, or made more of it open, and since when that counts.</summary>
/// <param name="IsPayment">Money; else a credit and the like.</param>
/// <param name="Day">The value date of money, else the accounting date.</param>
/// <param name="Amount">Below zero where more is open; nothing of money that was taken back later.</param>
/// <param name="IsGivenUp">It was written off, or is owed after all.</param>
public sealed record ItemFall(
    Guid Invoice, int Installment, long Version, bool IsPayment, DateTime Day, decimal Amount, bool IsGivenUp);

/// <summary>A hold, from the place of the event that placed it to that of the one that ended it.</summary>
/// <param name="Invoice">The one that is not asked for; null for all of the customer.</param>
/// <param name="Ends">How many events ended it.</param>
/// <param name="LastDay">After which it ends by itself; null where somebody has to release it.</param>
public sealed record HoldSpan(
    Guid Hold, string Entity, Guid Customer, string Kind, Guid? Invoice, long From, long? Until, long Ends,
    DateTime? LastDay);

/// <summary>Somebody was written to, or was to be by whoever asked, or was handed over to an agency.</summary>
/// <param name="At">Place of the event in the log.</param>
/// <param name="Invoice">One that was asked for; null where none is named.</param>
public sealed record ContactMade(long At, string Type, Guid Customer, Guid? Invoice);

/// <summary>How they are read.</summary>
internal static class PromiseSql
{
    public const string Events =
        "select e.stream_id as promise, e.version, e.type, m->>'LegalEntity' as entity, " +
        "(m->>'CustomerId')::uuid as customer, " +
        "(m->'Amount'->>'amount')::numeric as amount, " +
        "(m->'Amount'->>'amount')::numeric - (m->'Tolerance'->>'amount')::numeric as needed, " +
        "(m->>'JudgedAfter')::date::timestamp as judged_after, " +
        "coalesce((e.data->'Outcome'->'Received'->>'amount')::numeric, 0) as received, " +
        "coalesce((e.data->'Outcome'->'GivenUp'->>'amount')::numeric, 0) as given_up " +
        "from mt_events e, coalesce(e.data->'Outcome'->'Made', e.data) as m where e.type like 'promise\\_%' " +
        "order by e.stream_id, e.version";

    public const string Items =
        "select stream_id as promise, (i->>'InvoiceId')::uuid as invoice, (i->>'Installment')::int as installment, " +
        "(i->'Balance'->>'amount')::numeric as open, (i->>'Version')::bigint as source_version " +
        "from mt_events, jsonb_array_elements(data->'Items') i where type = 'promise_made'";

    /// <summary>Of invoices: an installment a row, whichever event it was.</summary>
    public const string Falls =
        "select e.stream_id as invoice, (i->>'Installment')::int as installment, e.version, " +
        "e.type = 'payment_applied' as is_payment, coalesce(e.data->>'ValueDate', e.data->'Entry'->>'PostingDate', " +
        "e.data->>'PostingDate')::date::timestamp as day, (case when e.type = 'invoice_voided' " +
        "then (i->'Amount'->>'amount')::numeric else case when e.type in ('credit_unapplied', " +
        "'write_off_recovered') then -1 else 1 end " +
        "* ((e.data->'Amount'->>'amount')::numeric + coalesce((e.data->'Discount'->>'amount')::numeric, 0) " +
        "+ coalesce((e.data->'Difference'->>'amount')::numeric, 0)) end) as amount, " +
        "e.type in ('written_off', 'write_off_recovered') as is_given_up from mt_events e " +
        "cross join lateral jsonb_array_elements(case e.type when 'invoice_voided' then e.data->'Items' " +
        "else jsonb_build_array(e.data->'Item') end) i where e.type in ('invoice_voided', 'credit_applied', " +
        "'credit_unapplied', 'written_off', 'write_off_recovered') " +
        "or e.type = 'payment_applied' and not exists (select 1 from mt_events b where b.stream_id = e.stream_id " +
        "and b.type = 'payment_reversed' and b.data->>'AllocationId' = e.data->>'AllocationId')";

    /// <summary>Customers that are still to be looked at: what became of their promises may not be known yet.</summary>
    public const string Unreviewed =
        "select customer_id from reviews union select customer_id from review_requests";

    /// <summary>How many of them there are.</summary>
    public const string Reviews = $"select count(*) from ({Unreviewed}) as c";

    /// <summary>Legal entities of whose day Collections has yet to see the beginning.</summary>
    public const string DaysToBegin =
        "select count(*) from legal_entities e where not exists (select 1 from days d where d.legal_entity = e.code " +
        "and d.day >= (now() at time zone e.time_zone)::date)";

    public const string Holds =
        "select p.stream_id as hold, p.data->>'LegalEntity' as entity, (p.data->>'CustomerId')::uuid as customer, " +
        "p.data->>'Kind' as kind, (p.data->>'InvoiceId')::uuid as invoice, p.seq_id as from, " +
        "min(e.seq_id) as until, count(e.seq_id) as ends, " +
        "(select coalesce(d.data->'Placed', d.data)->>'Until' from mt_events d where d.stream_id = p.stream_id " +
        "and d.type in ('hold_placed', 'hold_extended') order by d.version desc limit 1)::date::timestamp " +
        "as last_day from mt_events p left join mt_events e on e.stream_id = p.stream_id " +
        "and e.type in ('hold_released', 'hold_expired') where p.type = 'hold_placed' " +
        "group by p.stream_id, p.data, p.seq_id";

    /// <summary>A notice has a row for each invoice that it asks for.</summary>
    public const string Contacts =
        "select distinct seq_id as at, type, coalesce(data->'Content'->>'CustomerId', data->'Point'->>'CustomerId', " +
        "data->'Placement'->>'CustomerId')::uuid as customer, (i->>'InvoiceId')::uuid as invoice from mt_events " +
        "left join lateral jsonb_array_elements(data->'Content'->'Items') i on true " +
        "where type in ('notice_sent', 'contact_attempted', 'placement_made')";
}
