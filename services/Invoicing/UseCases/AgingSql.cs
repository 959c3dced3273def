namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// The sums of the aging report: rows of key, name, currency, bucket (from 0; below it is unapplied cash) and amount.
/// </summary>
internal static class AgingSql
{
    /// <summary>What the report may be grouped by.</summary>
    public static readonly string[] Groups =
        ["customer", "parent", "collector", "currency", "legal-entity", "country", "segment", AgedItems.By];

    /// <summary>
    /// The plan is made for what is asked: one for all cases could not use the index of one entity's days, and would
    /// look for cash and collectors that nobody asked for. The sums of ten thousand customers fit into memory. Both end
    /// with the transaction.
    /// </summary>
    public const string Planning = "set local plan_cache_mode = force_custom_plan; set local work_mem = '64MB'";

    /// <summary>The part of the ledger that is asked for.</summary>
    public const string Asked =
        """
        (@entities::text[] is null or legal_entity = any(@entities))
            and (@LegalEntity::text is null or legal_entity = @LegalEntity)
            and (@Currency::text is null or currency = @Currency)
            and (@customers::uuid[] is null or customer_id = any(@customers))
        """;

    /// <summary>The day that an item is aged from.</summary>
    public const string Day =
        """
        case @Basis when 'document' then coalesce(document_date, posting_date)
            when 'agreed' then coalesce(agreed_due_date, due_date) else due_date end
        """;

    /// <summary>
    /// An item is overdue from the day after its <c>day</c>. The usual buckets are told faster than any.
    /// </summary>
    public const string Bucket =
        """
        case when @starts::int[] is not null then width_bucket(@AsOf::date - day, @starts::int[])
            when day >= @AsOf then 0 when day >= @AsOf - 30 then 1 when day >= @AsOf - 60 then 2
            when day >= @AsOf - 90 then 3 when day >= @AsOf - 120 then 4 else 5 end
        """;

    /// <summary>
    /// Whose documents the row of a customer holds, as it was known: its own and those of its duplicates. A duplicate
    /// has no row of its own, so it stands for its survivor.
    /// </summary>
    public const string Customers =
        """
        with survivor as (
            select coalesce(
                (select merged_into from customer_versions
                    where customer_id = @CustomerId and (@KnownAt::timestamptz is null or recorded_at <= @KnownAt)
                    order by version desc limit 1), @CustomerId) as customer_id)
        select customer_id from survivor
        union
        select known.customer_id
        from survivor, (select distinct v.customer_id from customer_versions v, survivor
            where v.merged_into = survivor.customer_id) d
        cross join lateral (select customer_id, merged_into from customer_versions v
            where v.customer_id = d.customer_id and (@KnownAt::timestamptz is null or recorded_at <= @KnownAt)
            order by version desc limit 1) known
        where known.merged_into = survivor.customer_id
        """;

    /// <summary>
    /// What is left of receipts by both journals, up to the day and the moment. A receipt is its payer's, whoever owes
    /// what it pays.
    /// </summary>
    private const string Cash =
        """
        receipts as materialized (
            select distinct on (legal_entity, source_id) legal_entity, source_id, customer_id
            from received_journal_entries
            where customer_id is not null and posting_date <= @AsOf
                and (@KnownAt::timestamptz is null or recorded_at <= @KnownAt)
                and (@LegalEntity::text is null or legal_entity = @LegalEntity)
            order by legal_entity, source_id, recorded_at desc, entry_id desc),
        cash as (
            select e.legal_entity, e.customer_id, l.currency, l.credit - l.debit as amount
            from received_journal_entries e
            join received_journal_lines l on l.entry_id = e.entry_id and l.role = 'unapplied-cash'
            where e.customer_id is not null and e.posting_date <= @AsOf
                and (@KnownAt::timestamptz is null or e.recorded_at <= @KnownAt)
            union all
            select r.legal_entity, r.customer_id, l.currency, l.credit - l.debit
            from receipts r
            join journal_entries e on e.receipt_id = r.source_id and e.legal_entity = r.legal_entity
            join journal_lines l on l.entry_id = e.entry_id and l.role = 'unapplied-cash'
            where e.posting_date <= @AsOf and (@KnownAt::timestamptz is null or e.recorded_at <= @KnownAt))
        """;

    /// <summary>
    /// First the amounts <c>m</c> are cut down to one row per customer, currency and bucket, then these few rows meet
    /// their customers.
    /// </summary>
    private const string Sums =
        $"""
        {Cash},
        s as (
            select legal_entity, customer_id, currency, sum(amount) as amount, {Bucket} as bucket
            from m group by legal_entity, customer_id, currency, bucket
            union all
            select legal_entity, customer_id, currency, -sum(amount), -1
            from cash where @Unapplied and {Asked} group by legal_entity, customer_id, currency)
        """;

    /// <summary>Key and name per way to group, over the sums <c>s</c> and their customers <c>c</c>.</summary>
    private const string Rows =
        """
        select case @By when 'customer' then c.customer_id::text when 'currency' then s.currency
                when 'legal-entity' then s.legal_entity when 'country' then c.country
                when 'parent' then g.customer_id::text
                when 'collector' then coalesce(p.collector, '') else coalesce(c.segment, '') end as key,
            case @By when 'customer' then c.name when 'currency' then s.currency when 'parent' then g.name
                when 'legal-entity' then s.legal_entity when 'country' then c.country
                when 'collector' then coalesce(p.collector, '') else coalesce(c.segment, '') end as name,
            s.currency, s.bucket, sum(s.amount) as amount
        """;

    /// <summary>
    /// Who is on top of each customer's group, within the legal entity, over the customers <c>k</c>; a duplicate stands
    /// for its survivor. Looked up only where it is asked for.
    /// </summary>
    private const string Heads =
        """
        up (customer_id, legal_entity, head, level) as (
            select c.customer_id, c.legal_entity, c.customer_id, 0 from customers c where @By = 'parent'
            union all
            select u.customer_id, u.legal_entity, coalesce(p.merged_into, p.customer_id), u.level + 1
            from up u join k on k.customer_id = u.head join k p on p.customer_id = k.parent_id
            where u.level < 20),
        heads as (
            select distinct on (u.customer_id) u.customer_id, u.head from up u
            join customers e on e.customer_id = u.head and e.legal_entity = u.legal_entity
            order by u.customer_id, u.level desc)
        """;

    private const string ByRow =
        """
        left join heads h on @By = 'parent' and h.customer_id = c.customer_id
        left join k g on @By = 'parent' and g.customer_id = h.head
        left join lateral (
            select v.collector from collector_versions v
            where @By = 'collector' and v.customer_id = c.customer_id
                and (@KnownAt::timestamptz is null or v.recorded_at <= @KnownAt)
            order by v.version desc limit 1) p on true
        group by 1, 2, 3, 4 order by 3, 2, 1, 4
        """;

    private const string WithCustomersOfToday =
        $"""
        , k as not materialized (select customer_id, name, parent_id, merged_into from customers),
        {Heads}
        {Rows}
        from s
        join customers o on o.customer_id = s.customer_id
        join customers c on c.customer_id = coalesce(o.merged_into, o.customer_id)
        {ByRow}
        """;

    /// <summary>
    /// What is open now, without what was posted later. The sum of a document's movements is what is open of it, so
    /// this is the sum of the ledger, from far fewer rows.
    /// </summary>
    public const string Recent =
        $"""
        with recursive m as (
            select legal_entity, customer_id, currency, due_date as day, balance as amount
            from open_items where balance > 0 and {Asked}
            union all
            select legal_entity, customer_id, currency, credit_date, -open_amount
            from credit_memos where open_amount > 0 and {Asked}
            union all
            select legal_entity, customer_id, currency, due_date, -amount
            from subledger_entries where posting_date > @AsOf and {Asked}),
        {Sums}
        {WithCustomersOfToday}
        """;

    /// <summary>The sum of the ledger up to a day.</summary>
    public const string LongAgo =
        $"""
        with recursive m as (
            select legal_entity, customer_id, currency, due_date as day, amount
            from subledger_entries where posting_date <= @AsOf and {Asked}),
        {Sums}
        {WithCustomersOfToday}
        """;

    /// <summary>
    /// The same by another date of the item or as it was known at a moment: then only rows recorded up to it count, and
    /// the customers are as they were known then.
    /// </summary>
    public const string Known =
        $"""
        with recursive m as (
            select legal_entity, customer_id, currency, amount, {Day} as day
            from subledger_entries
            where posting_date <= @AsOf and (@KnownAt::timestamptz is null or recorded_at <= @KnownAt) and {Asked}),
        {Sums},
        k as (
            select distinct on (customer_id) * from customer_versions
            where @KnownAt::timestamptz is null or recorded_at <= @KnownAt order by customer_id, version desc),
        {Heads}
        {Rows}
        from s
        join k o on o.customer_id = s.customer_id
        join k c on c.customer_id = coalesce(o.merged_into, o.customer_id)
        {ByRow}
        """;
}
