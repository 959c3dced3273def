namespace OrderToCash.Faults.Facts;

/// <summary>
/// How the facts are read. Amounts of events come from their JSON, not from a read model, and nothing here is shared
/// with the services: what is checked must not be what checks.
/// </summary>
internal static class FactsSql
{
    public const string Answers =
        "select @service as service, key, status, encode(sha256(body), 'hex') as hash from otc_idempotency_keys";

    public const string Log =
        "select @service as service, seq_id as sequence, id as event_id, stream_id as stream, version, type, " +
        "coalesce(user_name, '') as by, correlation_id as correlation from mt_events order by seq_id";

    public const string Streams = "select @service as service, id as stream, version from mt_streams";

    public const string Relays =
        "select @service as service, " +
        "coalesce((select last_seq_id from mt_event_progression where name = 'Relay:All'), 0) as position, " +
        "coalesce((select max(seq_id) from mt_events), 0) as log_end";

    /// <summary>Where each legal entity is now, by what was said of it last.</summary>
    public const string Zones =
        "select distinct on (stream_id) data->>'Code' as entity, data->>'TimeZone' as zone from mt_events " +
        "where type = 'legal_entity_defined' order by stream_id, version desc";

    public const string Matching =
        "select (select count(*) from match_news) as news, " +
        "coalesce((select last_seq_id from mt_event_progression where name = 'MatchNews:All'), 0) as position, " +
        "coalesce((select max(seq_id) from mt_events), 0) as log_end";

    public const string HandledCounts = "select consumer as queue, count(*) as count from otc_inbox group by consumer";

    public const string Handled = "select consumer as queue, message_id as message from otc_inbox";

    public const string InvoiceEvents =
        "select stream_id as invoice, version, type, amount->>'currency' as currency, " +
        "(amount->>'amount')::numeric + coalesce((data->'Discount'->>'amount')::numeric, 0) as amount, " +
        "(data->'Item'->>'Installment')::int as installment, " +
        "(data->'Item'->'Amount'->>'amount')::numeric as installment_amount, " +
        "(data->'Item'->'Balance'->>'amount')::numeric as balance_after, (data->>'AllocationId')::uuid as allocation " +
        "from mt_events, coalesce(data->'Total', data->'Amount', data->'Items'->0->'Amount') as amount " +
        "where type in ('invoice_issued', 'invoice_voided', 'payment_applied', 'payment_application_rejected', " +
        "'payment_reversal_awaited', 'payment_reversed', 'credit_applied', 'credit_unapplied', 'written_off', " +
        "'write_off_recovered') " +
        "order by stream_id, version";

    public const string Billed =
        "select stream_id as invoice, (data->>'CustomerId')::uuid as customer, data->>'OrderReference' as order_id, " +
        "data->'Total'->>'currency' as currency, (data->'Total'->>'amount')::numeric as total, " +
        "(data->>'Corrects')::uuid as corrects, coalesce(data->>'Kind' = 'DebitMemo', false) as is_debit_memo " +
        "from mt_events where type = 'invoice_issued'";

    public const string Corrections =
        "select stream_id as invoice, (data->>'CreditMemoId')::uuid as memo, " +
        "(data->>'ReplacementId')::uuid as replacement from mt_events where type = 'invoice_corrected'";

    public const string MemoEvents =
        "select stream_id as memo, version, type, data->'Books'->>'LegalEntity' as entity, " +
        "(data->>'CustomerId')::uuid as customer, amount->>'currency' as currency, " +
        "(amount->>'amount')::numeric as amount, (data->'Open'->>'amount')::numeric as open_after, " +
        "(data->>'InvoiceId')::uuid as invoice, (data->>'ApplicationId')::uuid as application, " +
        "data->>'Reason' as reason from mt_events, coalesce(data->'Total', data->'Amount') as amount " +
        "where type in ('credit_memo_issued', 'credit_memo_applied', 'credit_memo_unapplied') " +
        "order by stream_id, version";

    public const string Memos =
        "select credit_memo_id as memo, legal_entity as entity, customer_id as customer, currency, total, " +
        "open_amount as open from credit_memos";

    public const string AppliedCredits =
        "select (data->>'ApplicationId')::uuid as application, (data->>'CreditMemoId')::uuid as memo, " +
        "stream_id as invoice, version, type, (data->'Amount'->>'amount')::numeric as amount from mt_events " +
        "where type in ('credit_applied', 'credit_unapplied')";

    public const string CreditsBesidePayments =
        "select (data->>'AllocationId')::uuid as allocation, stream_id as invoice, version, " +
        "(c->>'CreditMemoId')::uuid as memo, (c->'Amount'->>'amount')::numeric as amount " +
        "from mt_events, jsonb_array_elements(data->'Credits') c where type = 'payment_applied'";

    public const string CreditsAsked =
        "select (a->>'AllocationId')::uuid as allocation, (c->>'CreditMemoId')::uuid as memo, " +
        "(c->'Amount'->>'amount')::numeric as amount from mt_events, jsonb_array_elements(data->'Allocations') a, " +
        "jsonb_array_elements(a->'Credits') c where type = 'allocations_requested'";

    public const string FeesAsked =
        "select stream_id as notice, (data->>'CustomerId')::uuid as customer, data->'Fee'->>'currency' as currency, " +
        "(data->'Fee'->>'amount')::numeric as amount from mt_events where type = 'reminder_fee_asked'";

    public const string FeesAnswered =
        "select (data->>'NoticeId')::uuid as notice, (data->>'DocumentId')::uuid as document from mt_events " +
        "where type in ('reminder_fee_charged', 'reminder_fee_refused')";

    public const string Sending =
        "select coalesce((select last_seq_id from mt_event_progression where name = 'NoticeSender:All'), 0) " +
        "as position, coalesce((select max(seq_id) from mt_events), 0) as log_end, " +
        "(select count(*) from dunning_runs where under_way) as runs, " +
        "(select count(*) from mt_events where type = 'reminder_fee_asked') - (select count(*) from mt_events " +
        "where type in ('reminder_fee_charged', 'reminder_fee_refused')) as fees";

    public const string Invoices =
        "select invoice_id as invoice, legal_entity as entity, currency, total, balance, is_void from invoices";

    public const string OpenItems =
        "select invoice_id as invoice, installment, legal_entity as entity, customer_id as customer, currency, " +
        "amount, balance from open_items";

    public const string Subledger =
        "select invoice_id as invoice, sum(amount) as sum, count(*) as movements from subledger_entries " +
        "group by invoice_id";

    public const string Journal =
        "select l.entry_id as entry, e.legal_entity as entity, l.role, l.currency, l.debit, l.credit " +
        "from journal_lines l join journal_entries e using (entry_id) union all " +
        "select l.entry_id, e.legal_entity, l.role, l.currency, l.debit, l.credit " +
        "from received_journal_lines l join received_journal_entries e using (entry_id)";

    public const string ReceiptEvents =
        "select stream_id as receipt, version, type, data->>'LegalEntity' as entity, " +
        "(b->>'CustomerId')::uuid as customer, b->'Amount'->>'currency' as currency, " +
        "(b->'Amount'->>'amount')::numeric as amount, (b->'Unapplied'->>'amount')::numeric as unapplied, " +
        "(b->'Pending'->>'amount')::numeric as pending, (b->'Applied'->>'amount')::numeric as applied, " +
        "(b->'Reversed'->>'amount')::numeric as reversed, (b->>'IsReversed')::boolean as is_reversed, " +
        "(data->>'AllocationId')::uuid as allocation, (data->>'InvoiceId')::uuid as invoice, " +
        "coalesce((data->'Amount'->>'amount')::numeric, (select sum((a->'Amount'->>'amount')::numeric) " +
        "from jsonb_array_elements(data->'Allocations') as a)) as allocated, " +
        "coalesce((b->'Refunded'->>'amount')::numeric, 0) as refunded, " +
        "coalesce((b->'WrittenOff'->>'amount')::numeric, 0) as written_off " +
        "from mt_events, jsonb_extract_path(data, 'Balance') as b where data ? 'Balance' and type not in " +
        "('bank_account_defined', 'statement_booked') order by stream_id, version";

    public const string AllocationEvents =
        "select (data->>'AllocationId')::uuid as allocation, version, type from mt_events " +
        "where data ? 'AllocationId' and data ? 'Balance' union all " +
        "select (a->>'AllocationId')::uuid, version, type " +
        "from mt_events, jsonb_array_elements(data->'Allocations') a " +
        "where type in ('allocations_requested', 'allocation_reversals_requested')";

    public const string CreditEvents =
        "select stream_id as customer, version, type, x->'OpenOrders'->>'currency' as currency, " +
        "data->>'OrderId' as order_id, " +
        "case when type in ('order_held', 'order_cancelled', 'order_declined', 'order_expired') then 0 " +
        "else (data->'Reserved'->>'amount')::numeric end as reserved, " +
        "(data->'Limit'->>'amount')::numeric as \"limit\", case when type = 'receivable_recorded' " +
        "then (data->>'InvoiceId') || ':' || (data->>'Installment') end as item, " +
        "(data->'Balance'->>'amount')::numeric as balance, (data->>'ReceiptId')::uuid as receipt, " +
        "(data->'Unapplied'->>'amount')::numeric as unapplied, " +
        "(x->'OpenReceivables'->>'amount')::numeric as receivables, (x->'OpenOrders'->>'amount')::numeric as orders, " +
        "(x->'UnappliedCash'->>'amount')::numeric as cash, (data->>'InvoiceId')::uuid as invoice, " +
        "(data->'Billed'->>'amount')::numeric as billed, (data->'Delivered'->>'amount')::numeric as delivered, " +
        "(data->>'CreditMemoId')::uuid as memo, case when type = 'open_credit_recorded' " +
        "then (data->'Open'->>'amount')::numeric end as open_credit, case when type = 'invoice_credit_noted' " +
        "then (data->'Amount'->>'amount')::numeric end as credited, " +
        "coalesce((x->'UnbilledDeliveries'->>'amount')::numeric, 0) as deliveries, " +
        "coalesce((x->'OpenCredits'->>'amount')::numeric, 0) as credits " +
        "from mt_events, jsonb_extract_path(data, 'Exposure') as x order by stream_id, version";

    public const string Exposures =
        "select customer_id as customer, currency, open_receivables as receivables, open_orders as orders, " +
        "unapplied_cash as cash, unbilled_deliveries as deliveries, open_credits as credits from credit_exposures";

    public const string InvoicingNumbers =
        "select regexp_replace(data->>'Number', '-[0-9]+$', '') as series, " +
        "substring(data->>'Number' from '[0-9]+$')::bigint as number " +
        "from mt_events where type in ('invoice_issued', 'customer_registered', 'credit_memo_issued')";

    public const string InvoicingSeries =
        "select concat_ws('-', kind, legal_entity, nullif(year, 0)) as series, last from number_series";

    public const string ReceiptNumbers =
        "select regexp_replace(data->>'Number', '-[0-9]+$', '') as series, " +
        "substring(data->>'Number' from '[0-9]+$')::bigint as number from mt_events where type = 'receipt_recorded'";

    public const string ReceiptSeries =
        "select concat_ws('-', 'RCT', legal_entity, year) as series, last::bigint as last from receipt_numbers";
}
