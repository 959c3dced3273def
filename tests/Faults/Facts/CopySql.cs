namespace OrderToCash.Faults.Facts;

/// <summary>Two queries that must give the same keys and values.</summary>
internal sealed record CopyQuery(string Name, string SourceService, string Source, string Service, string Replica);

/// <summary>
/// What is kept twice. A value is a JSON array of the columns; amounts have the scale of their columns on both sides.
/// </summary>
internal static class CopySql
{
    private const string Invoicing = "invoicing";
    private const string Cash = "cash-application";
    private const string Collections = "collections";
    private const string Credit = "credit";

    /// <summary>The version of a receipt after the last event that tells others where its money is.</summary>
    private const string ToldVersion =
        "(select max(e.version) from mt_events e where e.stream_id = receipts.id and e.data ? 'Balance')";

    /// <summary>Events that move one installment, or tell otherwise what is owed on it or when.</summary>
    private const string Movements =
        "'payment_applied', 'payment_reversed', 'credit_applied', 'credit_unapplied', 'dispute_marked', " +
        "'written_off', 'write_off_recovered', 'installment_rescheduled'";

    /// <summary>Version of the last event of an invoice that tells others of an installment.</summary>
    private const string Told =
        "(select max(e.version) from mt_events e where e.stream_id = o.invoice_id and (e.type in " +
        "('invoice_issued', 'invoice_voided') or (e.type in (" + Movements + ") " +
        "and (e.data->'Item'->>'Installment')::int = o.installment)))";

    private const string SourceItems =
        "select o.invoice_id || ':' || o.installment as key, jsonb_build_array(i.number, o.legal_entity, " +
        "o.customer_id, o.due_date, o.currency, o.amount, o.balance, " + Told + ")::text as value " +
        "from open_items o join invoices i using (invoice_id)";

    private const string ReplicaItems =
        "select invoice_id || ':' || installment as key, jsonb_build_array(invoice_number, legal_entity, " +
        "customer_id, due_date, currency, amount, balance, version)::text as value from open_items";

    private const string JournalLine =
        "jsonb_build_array(l.account, l.role, l.currency, l.debit, l.credit)::text as value ";

    private const string LinesInEvents =
        "jsonb_array_elements(e.data->'Entry'->'Lines') with ordinality as l (line, number)";

    private const string LineInEvent =
        "jsonb_build_array(l.line->>'Account', l.line->>'Role', l.line->'Debit'->>'currency', " +
        "(l.line->'Debit'->>'amount')::numeric(19,4), (l.line->'Credit'->>'amount')::numeric(19,4))::text as value ";

    /// <summary>Whether the payment of event <c>e</c> was taken back later.</summary>
    private const string IsTakenBack =
        "exists (select 1 from mt_events b where b.stream_id = e.stream_id and b.type = 'payment_reversed' " +
        "and b.data->>'AllocationId' = e.data->>'AllocationId')";

    /// <summary>Every word about an item: the invoice's own events, an installment a row.</summary>
    private const string SourceWords =
        "select e.stream_id || ':' || w.installment || ':' || e.version as key, jsonb_build_array(w.entity, " +
        "w.customer, w.kind, w.posted, w.due, w.currency, w.amount::numeric(19,4), w.balance::numeric(19,4))::text " +
        "as value from mt_events e cross join lateral (" +
        "select i->>'Number' as installment, e.data->'Books'->>'LegalEntity' as entity, " +
        "e.data->>'CustomerId' as customer, 'issued' as kind, e.data->>'InvoiceDate' as posted, " +
        "i->>'DueDate' as due, i->'Amount'->>'currency' as currency, i->'Amount'->>'amount' as amount, " +
        "i->'Amount'->>'amount' as balance from jsonb_array_elements(e.data->'Installments') i " +
        "where e.type = 'invoice_issued' union all " +
        "select i->>'Installment', i->>'LegalEntity', i->>'CustomerId', case e.type when 'invoice_voided' " +
        "then 'voided' when 'installment_rescheduled' then 'rescheduled' else replace(e.type, '_', '-') end, " +
        "coalesce(e.data->'Entry'->>'PostingDate', e.data->>'PostingDate'), i->>'DueDate', " +
        "i->'Amount'->>'currency', i->'Amount'->>'amount', i->'Balance'->>'amount' from jsonb_array_elements(" +
        "case e.type when 'invoice_voided' then e.data->'Items' else jsonb_build_array(e.data->'Item') end) i " +
        "where e.type <> 'invoice_issued') w " +
        "where e.type in ('invoice_issued', 'invoice_voided', " + Movements + ")";

    /// <summary>What each event of an invoice settles of it; below zero what is open again.</summary>
    private const string SourceMovements =
        "select e.stream_id || ':' || e.version as key, jsonb_build_array(case e.type when 'invoice_voided' " +
        "then 'voided' when 'installment_rescheduled' then 'rescheduled' else replace(e.type, '_', '-') end, " +
        "(case e.type when 'invoice_voided' " +
        "then (select sum((i->'Amount'->>'amount')::numeric) from jsonb_array_elements(e.data->'Items') i) " +
        "when 'dispute_marked' then 0 when 'installment_rescheduled' then 0 " +
        "else case when e.type in ('payment_applied', 'credit_applied', 'written_off') then 1 else -1 end " +
        "* ((e.data->'Amount'->>'amount')::numeric " +
        "+ coalesce((e.data->'Discount'->>'amount')::numeric, 0) " +
        "+ coalesce((e.data->'Difference'->>'amount')::numeric, 0)) end)::numeric(19,4), " +
        "coalesce(e.data->>'AllocationId', e.data->>'ApplicationId', e.data->>'WriteOffId', " +
        "e.data->>'RecoveryId'))::text as value from mt_events e " +
        "where e.type in ('invoice_voided', " + Movements + ")";

    /// <summary>What is open of each credit memo, and the version of the last event that tells others so.</summary>
    private const string SourceMemos =
        "select m.credit_memo_id::text as key, jsonb_build_array(m.customer_id, m.currency, m.open_amount, " +
        "(select max(e.version) from mt_events e where e.stream_id = m.credit_memo_id))::text as value " +
        "from credit_memos m";

    /// <summary>What became of allocations that were asked for, and of those that were asked back.</summary>
    private const string SourceAsked =
        "select a->>'AllocationId' as key, jsonb_build_array(e.data->>'LegalEntity', a->'Amount'->>'currency', " +
        "(a->'Amount'->>'amount')::numeric(19,4), coalesce(t.answered, false), coalesce(t.asked_back, false), " +
        "coalesce(t.reversed, false))::text as value from mt_events e " +
        "cross join lateral jsonb_array_elements(e.data->'Allocations') a left join (select id, " +
        "bool_or(type in ('allocation_confirmed', 'allocation_rejected')) as answered, " +
        "bool_or(type = 'allocation_reversals_requested') as asked_back, " +
        "bool_or(type in ('allocation_reversed', 'allocation_rejected')) as reversed from (" +
        "select type, data->>'AllocationId' as id from mt_events where type in ('allocation_confirmed', " +
        "'allocation_rejected', 'allocation_reversed') union all select type, b->>'AllocationId' from mt_events, " +
        "jsonb_array_elements(data->'Allocations') b where type = 'allocation_reversals_requested') w group by id) t " +
        "on t.id = a->>'AllocationId' where e.type = 'allocations_requested'";

    /// <summary>Settlements that are no payment, among which a replica keeps them.</summary>
    private const string CreditSettlements = "select id from settlements where kind = 'credit'";

    public static readonly IReadOnlyList<CopyQuery> All =
    [
        new("cash application: legal entities",
            Invoicing, "select code as key, " +
                "jsonb_build_array(name, base_currency, time_zone, version)::text as value from legal_entities",
            Cash, "select code as key, " +
                "jsonb_build_array(name, base_currency, time_zone, version)::text as value from legal_entities"),
        new("cash application: customers",
            Invoicing, "select customer_id::text as key, " +
                "jsonb_build_array(number, legal_entity, name, currency, version)::text as value from customers",
            Cash, "select id::text as key, " +
                "jsonb_build_array(number, legal_entity, name, currency, version)::text as value from customers"),
        new("cash application: open items", Invoicing, SourceItems, Cash, ReplicaItems),
        new("cash application: movements of items",
            Invoicing, SourceMovements,
            Cash, "select invoice_id || ':' || version as key, " +
                "jsonb_build_array(kind, settled, source_id)::text as value from item_movements"),
        new("cash application: credit memos",
            Invoicing, "select m.credit_memo_id::text as key, jsonb_build_array(m.number, m.legal_entity, " +
                "m.customer_id, m.invoice_id, m.currency, m.open_amount, (select max(e.version) from mt_events e " +
                "where e.stream_id = m.credit_memo_id))::text as value from credit_memos m",
            Cash, "select credit_memo_id::text as key, jsonb_build_array(number, legal_entity, customer_id, " +
                "invoice_id, currency, open, version)::text as value from credit_memos"),
        new("cash application: receipts and their events",
            Cash, "select distinct on (stream_id) stream_id::text as key, jsonb_build_array(b->>'CustomerId', " +
                "(b->'Amount'->>'amount')::numeric(19,4), (b->'Unapplied'->>'amount')::numeric(19,4), " +
                "(b->'Pending'->>'amount')::numeric(19,4), (b->'Applied'->>'amount')::numeric(19,4), " +
                "(b->'Reversed'->>'amount')::numeric(19,4), " +
                "(select s.version from mt_streams s where s.id = stream_id))::text as value " +
                "from mt_events, jsonb_extract_path(data, 'Balance') as b where b ? 'Unapplied' " +
                "order by stream_id, version desc",
            Cash, "select id::text as key, jsonb_build_array(customer_id, amount, unapplied, pending, applied, " +
                "reversed, version)::text as value from receipts"),
        new("cash application: refunds and their events",
            Cash, "select r.stream_id::text as key, jsonb_build_array(r.data->>'ReceiptId', " +
                "(r.data->'Amount'->>'amount')::numeric(19,4), l.type, l.version)::text as value from mt_events r " +
                "cross join lateral (select e.type, e.version from mt_events e where e.stream_id = r.stream_id " +
                "order by e.version desc limit 1) l where r.type = 'refund_requested'",
            Cash, "select id::text as key, jsonb_build_array(receipt_id, amount, case status when 'in-payment' " +
                "then 'refund_put_into_file' else 'refund_' || status end, version)::text as value from refunds"),
        new("collections: legal entities",
            Invoicing, "select code as key, jsonb_build_array(name, country, time_zone, version)::text as value " +
                "from legal_entities",
            Collections, "select code as key, jsonb_build_array(name, country, time_zone, version)::text as value " +
                "from legal_entities"),
        new("collections: customers",
            Invoicing, "select customer_id::text as key, jsonb_build_array(number, legal_entity, name, currency, " +
                "language, segment, parent_id, jsonb_array_length(contacts), version)::text as value from customers",
            Collections, "select id::text as key, jsonb_build_array(number, legal_entity, name, currency, language, " +
                "segment, parent_id, jsonb_array_length(contacts), version)::text as value from customers"),
        new("collections: open items", Invoicing, SourceItems, Collections, ReplicaItems),
        new("collections: receipts",
            Cash, "select id::text as key, jsonb_build_array(customer_id, currency, unapplied, " + ToldVersion +
                ")::text as value from receipts",
            Collections, "select id::text as key, " +
                "jsonb_build_array(customer_id, currency, unapplied, version)::text as value from receipts"),
        new("collections: pending allocations",
            Cash, "select a->>'AllocationId' as key, jsonb_build_array(a->>'InvoiceId', " +
                "(a->>'Installment')::int, (a->'Amount'->>'amount')::numeric(19,4), (a->>'AllocationId')::uuid in " +
                "(select allocation_id from allocations where status = 'pending'))::text as value from mt_events, " +
                "jsonb_array_elements(data->'Allocations') a where type = 'allocations_requested'",
            Collections, "select allocation_id::text as key, " +
                "jsonb_build_array(invoice_id, installment, amount, open)::text as value from pending_allocations " +
                $"where allocation_id not in ({CreditSettlements})"),
        new("collections: credits on their way",
            Invoicing, "select data->>'ApplicationId' as key, jsonb_build_array(stream_id, " +
                "(data->'Item'->>'Installment')::int, (data->'Amount'->>'amount')::numeric(19,4), false)::text " +
                "as value from mt_events where type = 'credit_applied'",
            Collections, "select allocation_id::text as key, jsonb_build_array(invoice_id, installment, amount, " +
                $"open)::text as value from pending_allocations where allocation_id in ({CreditSettlements})"),
        new("collections: credit memos",
            Invoicing, SourceMemos,
            Collections, "select id::text as key, jsonb_build_array(customer_id, currency, open, version)::text " +
                "as value from credit_memos"),
        new("collections: fees of notices",
            Invoicing, "select data->>'SubjectId' as key, jsonb_build_array(data->>'DocumentId', " +
                "data->>'DocumentNumber')::text as value from mt_events " +
                "where type = 'collections_request_carried_out' and data->>'Kind' = 'late-fee'",
            Collections, "select notice_id::text as key, jsonb_build_array(document_id, document_number)::text " +
                "as value from reminder_fees"),
        new("collections: likely payers",
            Cash, "select distinct on (e.stream_id) e.stream_id::text as key, jsonb_build_array(coalesce((" +
                "select jsonb_agg(p->>'CustomerId' order by n) from jsonb_array_elements(e.data->'Payers') " +
                "with ordinality as x (p, n) where (p->>'Confidence')::numeric >= 0.60), '[]'), e.version)::text " +
                "as value from mt_events e where e.type = 'receipt_set_aside' and e.data ? 'Payers' " +
                "order by e.stream_id, e.version desc",
            Collections, "select receipt_id::text as key, " +
                "jsonb_build_array(to_jsonb(customers), version)::text as value from likely_payers"),
        new("collections: every word about items",
            Invoicing, SourceWords,
            Collections, "select invoice_id || ':' || installment || ':' || version as key, jsonb_build_array(" +
                "legal_entity, customer_id, kind, posting_date, due_date, currency, amount, balance)::text as value " +
                "from item_history"),
        new("collections: settlements",
            Invoicing, "select e.data->>'AllocationId' as key, jsonb_build_array(e.stream_id, " +
                "(i->>'Installment')::int, i->>'LegalEntity', i->>'CustomerId', e.data->'Amount'->>'currency', " +
                "(e.data->'Amount'->>'amount')::numeric(19,4), e.data->>'ValueDate', coalesce(" +
                "i->>'OriginalDueDate', i->>'DueDate'), e.version, " + IsTakenBack + ")::text as value " +
                "from mt_events e, jsonb_extract_path(e.data, 'Item') i where e.type = 'payment_applied'",
            Collections, "select id::text as key, jsonb_build_array(invoice_id, installment, legal_entity, " +
                "customer_id, currency, amount, value_date, due_date, version, reversed)::text as value " +
                "from settlements where kind = 'payment'"),
        new("collections: settlements by credit",
            Invoicing, "select e.data->>'ApplicationId' as key, jsonb_build_array(e.stream_id, " +
                "(i->>'Installment')::int, i->>'LegalEntity', i->>'CustomerId', e.data->'Amount'->>'currency', " +
                "(e.data->'Amount'->>'amount')::numeric(19,4), e.data->'Entry'->>'PostingDate', coalesce(" +
                "i->>'OriginalDueDate', i->>'DueDate'), e.version, exists (select 1 from mt_events b where " +
                "b.stream_id = e.stream_id and b.type = 'credit_unapplied' and b.data->>'ApplicationId' = " +
                "e.data->>'ApplicationId'))::text as value " +
                "from mt_events e, jsonb_extract_path(e.data, 'Item') i where e.type = 'credit_applied'",
            Collections, "select id::text as key, jsonb_build_array(invoice_id, installment, legal_entity, " +
                "customer_id, currency, amount, value_date, due_date, version, reversed)::text as value " +
                "from settlements where kind = 'credit'"),
        new("credit: legal entities",
            Invoicing, "select code as key, jsonb_build_array(time_zone, version)::text as value from legal_entities",
            Credit, "select code as key, jsonb_build_array(time_zone, version)::text as value from legal_entities"),
        new("credit: accounts",
            Invoicing, "select customer_id::text as key, " +
                "jsonb_build_array(legal_entity, number, name, currency)::text as value from customers",
            Credit, "select customer_id::text as key, " +
                "jsonb_build_array(legal_entity, number, name, currency)::text as value from credit_accounts"),
        new("credit: receivables",
            Invoicing, "select o.invoice_id || ':' || o.installment as key, jsonb_build_array(o.customer_id, " +
                "o.balance, " + Told + ")::text as value from open_items o",
            Credit, "select distinct on (1) (data->>'InvoiceId') || ':' || (data->>'Installment') as key, " +
                "jsonb_build_array(stream_id, (data->'Balance'->>'amount')::numeric(19,4), " +
                "(data->>'SourceVersion')::bigint)::text as value from mt_events where type = 'receivable_recorded' " +
                "order by 1, version desc"),
        new("credit: payments",
            // Of one that was taken back the days mean nothing: they are those of whichever message came first.
            Invoicing, "select e.data->>'AllocationId' as key, jsonb_build_array(i->>'CustomerId', " +
                "e.data->'Amount'->>'currency', (e.data->'Amount'->>'amount')::numeric(19,4), " +
                "case when not " + IsTakenBack + " then jsonb_build_array(e.data->>'ValueDate', i->>'DueDate') end, " +
                IsTakenBack + ", e.data->>'ReceiptId', e.stream_id, (i->>'Installment')::int)::text as value " +
                "from mt_events e, jsonb_extract_path(e.data, 'Item') i where e.type = 'payment_applied'",
            Credit, "select allocation_id::text as key, jsonb_build_array(customer_id, currency, amount, " +
                "case when not is_reversed then jsonb_build_array(value_date, due_date) end, is_reversed, " +
                "receipt_id, invoice_id, installment)::text as value from credit_payments"),
        new("credit: losses",
            Invoicing, "select coalesce(data->>'WriteOffId', data->>'RecoveryId') as key, jsonb_build_array(" +
                "i->>'CustomerId', stream_id, (i->>'Installment')::int, i->'Amount'->>'currency', (case type " +
                "when 'written_off' then 1 else -1 end * (data->'Amount'->>'amount')::numeric)::numeric(19,4), " +
                "data->'Entry'->>'PostingDate')::text as value from mt_events, jsonb_extract_path(data, 'Item') i " +
                "where type in ('written_off', 'write_off_recovered')",
            Credit, "select source_id::text as key, jsonb_build_array(customer_id, invoice_id, installment, " +
                "currency, amount, day)::text as value from credit_losses"),
        new("credit: credit memos",
            Invoicing, SourceMemos,
            Credit, "select credit_memo_id::text as key, jsonb_build_array(customer_id, currency, open_amount, " +
                "version)::text as value from credit_memo_owners"),
        new("credit: credit memos that change what is billed",
            Invoicing, "select stream_id::text as key, jsonb_build_array(data->>'CustomerId', data->>'InvoiceId', " +
                "(data->'Total'->>'amount')::numeric(19,4), data->'Total'->>'currency', version)::text as value " +
                "from mt_events where type = 'credit_memo_issued' and data->>'InvoiceId' is not null " +
                "and lower(data->>'Reason') not in ('price', 'goodwill')",
            Credit, "select source_id::text as key, jsonb_build_array(customer_id, invoice_id, amount, currency, " +
                "version)::text as value from billing_sources"),
        new("credit: open credits",
            Invoicing, SourceMemos,
            Credit, "select distinct on (1) data->>'CreditMemoId' as key, jsonb_build_array(stream_id, " +
                "data->'Open'->>'currency', (data->'Open'->>'amount')::numeric(19,4), " +
                "(data->>'SourceVersion')::bigint)::text as value from mt_events where type = 'open_credit_recorded' " +
                "order by 1, version desc"),
        new("credit: owners of receipts",
            Cash, "select id::text as key, jsonb_build_array(customer_id, " + ToldVersion +
                ")::text as value from receipts",
            Credit, "select receipt_id::text as key, " +
                "jsonb_build_array(customer_id, version)::text as value from receipt_owners"),
        new("credit: orders and their events",
            Credit, "select distinct on (1) stream_id || ':' || (data->>'OrderId') as key, " +
                "jsonb_build_array(case when type in ('order_held', 'order_cancelled', 'order_declined', " +
                "'order_expired') then 0::numeric(19,4) " +
                "else (data->'Reserved'->>'amount')::numeric(19,4) end)::text as value from mt_events " +
                "where type like 'order\\_%' or type like 'reservation\\_%' or type = 'delivery_recorded' " +
                "order by 1, version desc",
            Credit, "select customer_id || ':' || order_id as key, " +
                "jsonb_build_array(reserved::numeric(19,4))::text as value from order_checks"),
        new("invoicing: journal and its events",
            Invoicing, "select e.id || ':' || l.number as key, " + LineInEvent + "from mt_events e, " + LinesInEvents,
            Invoicing, "select l.entry_id || ':' || l.line as key, " + JournalLine + "from journal_lines l"),
        new("cash application: promises",
            Collections, "select distinct on (stream_id) stream_id::text as key, jsonb_build_array(" +
                "m->>'CustomerId', case type when 'promise_kept' then 'kept' when 'promise_partly_kept' " +
                "then 'partly-kept' when 'promise_broken' then 'broken' when 'promise_cancelled' then 'cancelled' " +
                "else 'open' end, m->'Amount'->>'currency', (m->'Amount'->>'amount')::numeric(19,4), " +
                "m->>'PromisedFor', version)::text as value from mt_events, " +
                "coalesce(data->'Outcome'->'Made', data) m where type like 'promise\\_%' " +
                "order by stream_id, version desc",
            Cash, "select id::text as key, jsonb_build_array(customer_id, status, currency, amount, due_on, " +
                "version)::text as value from agreements where kind = 'promise'"),
        new("cash application: payment plans",
            Collections, "select distinct on (stream_id) stream_id::text as key, jsonb_build_array(" +
                "p->>'CustomerId', case type when 'plan_cancelled' then 'cancelled' when 'plan_breached' " +
                "then 'breached' when 'plan_completed' then 'completed' else 'active' end, " +
                "p->'Amount'->>'currency', (p->'Amount'->>'amount')::numeric(19,4), version)::text as value " +
                "from mt_events, jsonb_extract_path(data, 'Plan') p where type like 'plan\\_%' and data ? 'Plan' " +
                "order by stream_id, version desc",
            Cash, "select id::text as key, jsonb_build_array(customer_id, status, currency, amount, version)::text " +
                "as value from agreements where kind = 'plan'"),
        new("credit: broken promises",
            Collections, "select distinct on (stream_id) stream_id::text as key, jsonb_build_array(" +
                "data->'Outcome'->'Made'->>'CustomerId', data->'Outcome'->'Made'->>'JudgedAfter', " +
                "type = 'promise_broken', version)::text as value from mt_events where type like 'promise\\_%' " +
                "and type <> 'promise_made' order by stream_id, version desc",
            Credit, "select source_id::text as key, jsonb_build_array(customer_id, day, holds, version)::text " +
                "as value from credit_incidents where kind = 'broken-promise'"),
        new("invoicing: holds",
            Collections, "select distinct on (stream_id) stream_id::text as key, jsonb_build_array(" +
                "m->>'CustomerId', case when not x then m->>'InvoiceId' end, case when not x then m->>'Until' end, " +
                "x, version)::text as value from mt_events, coalesce(data->'Placed', data) m, " +
                "lateral (select type in ('hold_released', 'hold_expired') as x) o where type like 'hold\\_%' " +
                "order by stream_id, version desc",
            // Of one that has ended nothing else matters: its end may have come first.
            Invoicing, "select hold_id::text as key, jsonb_build_array(customer_id, " +
                "case when not is_over then invoice_id end, case when not is_over then until end, is_over, " +
                "version)::text as value from dunning_holds"),
        new("invoicing: what agencies earn",
            Collections, "select distinct on (stream_id) stream_id::text as key, jsonb_build_array(" +
                "data->'Commission'->>'currency', (data->'Commission'->>'amount')::numeric(19,4), version)::text " +
                "as value from mt_events where type in ('commission_accrued', 'placement_recalled', " +
                "'placement_closed') order by stream_id, version desc",
            Invoicing, "select c.placement_id::text as key, jsonb_build_array(c.currency, (select coalesce(sum(" +
                "l.credit - l.debit), 0)::numeric(19,4) from received_journal_entries e " +
                "join received_journal_lines l using (entry_id) where e.source_id = c.placement_id " +
                "and l.role = 'agency-commissions'), c.version)::text as value from agency_commissions c " +
                "where c.version > 2"),
        new("invoicing: what disputes hold back",
            Collections, "select id::text as key, " +
                "jsonb_build_array(invoice_id, installment, disputed)::text as value from disputes",
            Invoicing, "select distinct on (1) data->'Source'->>'DisputeId' as key, jsonb_build_array(stream_id, " +
                "(data->'Item'->>'Installment')::int, (data->'Source'->'Amount'->>'amount')::numeric(19,4))::text " +
                "as value from mt_events where type = 'dispute_marked' " +
                "order by 1, (data->'Source'->>'Version')::bigint desc"),
        new("invoicing: allocations that are asked for",
            Cash, SourceAsked,
            Invoicing, "select allocation_id::text as key, jsonb_build_array(legal_entity, currency, amount, " +
                "answered, reversal_at is not null, reversed)::text as value from asked_allocations"),
        new("invoicing: journal of cash application",
            Cash, "select (e.data->'Entry'->>'EntryId') || ':' || l.number as key, " + LineInEvent +
                "from mt_events e, " + LinesInEvents,
            Invoicing, "select l.entry_id || ':' || l.line as key, " + JournalLine + "from received_journal_lines l " +
                "join received_journal_entries e using (entry_id) where e.kind <> 'agency-commission'"),
    ];
}
