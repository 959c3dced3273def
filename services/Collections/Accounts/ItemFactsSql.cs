using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>
/// What is known about open items, in SQL. Runs, the sender's last look, the worklist and what people decide about
/// items all read these very columns, so that none of them asks for what another holds back.
/// </summary>
internal static class ItemFactsSql
{
    private const string TimeZone =
        "coalesce((select z.time_zone from legal_entities z where z.code = i.legal_entity), 'UTC')";

    /// <summary>
    /// Of the item <c>i</c>, beginning at the first column of the statement. Steps of notices that failed or were
    /// withdrawn do not count.
    /// </summary>
    public const string Columns =
        $$"""
        i.invoice_id, i.installment, i.invoice_number, i.due_date, i.currency, i.amount, i.balance,
        coalesce(p.amount, 0), coalesce(s.steps, '{}'), s.last_offset,
        coalesce(r.open, false), coalesce(r.failed, 0), i.version, coalesce(g.active, false), d.amount, h.amount,
        exists (select 1 from placement_items e
            where e.placed and e.invoice_id = i.invoice_id and e.installment = i.installment), i.kind,
        case when d.since is not null then (d.since at time zone {{TimeZone}})::date end,
        (select count(*)::int from plan_items q join payment_plans b on b.id = q.plan_id
            where q.invoice_id = i.invoice_id and q.installment = i.installment and b.status = 'breached'),
        s.last_notice_on,
        greatest(s.last_step_on, (s.last_settled at time zone {{TimeZone}})::date),
        o.invoice_id is not null, o.purchase_order, o.order_reference
        """;

    /// <summary>How many there are.</summary>
    public const int Count = 25;

    /// <summary>What they come from, joined to <c>open_items i</c>.</summary>
    public const string Joins =
        $$"""
        left join lateral (
            select sum(a.amount) as amount from pending_allocations a
            where a.open and a.invoice_id = i.invoice_id and a.installment = i.installment) p on true
        left join lateral (
            select array_agg(distinct d.step) as steps, max(d.step_offset) as last_offset,
                   max(n.date) as last_step_on, max(n.settled_at) as last_settled,
                   max(n.date) filter (where n.channel in ({{NoticeChannels.Written}})) as last_notice_on
            from notice_items d left join notices n on n.id = d.notice_id
            where d.counts and d.invoice_id = i.invoice_id and d.installment = i.installment) s on true
        left join lateral (
            select bool_or(m.open) as open, count(*) filter (where m.failed)::int as failed from promise_items m
            where m.invoice_id = i.invoice_id and m.installment = i.installment) r on true
        left join lateral (
            select true as active from plan_items n
            where n.active and n.invoice_id = i.invoice_id and n.installment = i.installment) g on true
        left join lateral (
            select sum(x.disputed) as amount, min(x.opened_at) as since from disputes x
            where x.disputed > 0 and x.invoice_id = i.invoice_id and x.installment = i.installment) d on true
        left join lateral (
            select sum(coalesce(b.amount, i.balance)) as amount from holds b
            where b.status = 'active' and b.invoice_id = i.invoice_id
            and (b.installment is null or b.installment = i.installment)) h on true
        left join invoice_references o on o.invoice_id = i.invoice_id
        """;

    /// <summary>The same as <see cref="ItemFacts.Collectible"/>, over these joins.</summary>
    public const string Collectible =
        """
        case when coalesce(r.open, false) or coalesce(g.active, false) or exists (select 1 from placement_items e
            where e.placed and e.invoice_id = i.invoice_id and e.installment = i.installment) then 0
        else greatest(i.balance - coalesce(p.amount, 0) - least(coalesce(d.amount, 0), i.balance)
            - least(coalesce(h.amount, 0), i.balance), 0) end
        """;

    /// <summary>The item of a row.</summary>
    public static ItemFacts Read(NpgsqlDataReader row)
    {
        var currency = Currency.Of(row.GetString(4));
        return new ItemFacts(
            row.GetGuid(0), row.GetInt32(1), row.GetString(2), row.GetFieldValue<DateOnly>(3),
            Money.Of(row.GetDecimal(5), currency), Money.Of(row.GetDecimal(6), currency),
            Money.Of(row.GetDecimal(7), currency), row.GetFieldValue<string[]>(8),
            row.IsDBNull(9) ? null : row.GetInt32(9), row.GetBoolean(10), row.GetInt32(11), row.GetInt64(12),
            row.GetBoolean(13), Amount(14), Amount(15), row.GetBoolean(16), row.GetString(17),
            row.Optional<DateOnly>(18), row.GetInt32(19),
            row.Optional<DateOnly>(20), row.Optional<DateOnly>(21), References(row, 22));

        Money? Amount(int ordinal) => row.IsDBNull(ordinal) ? null : Money.Of(row.GetDecimal(ordinal), currency);
    }

    /// <summary>
    /// From the first of three columns on: that <c>invoice_references</c> has the invoice, and the two.
    /// </summary>
    public static InvoiceReferences? References(NpgsqlDataReader row, int ordinal) =>
        row.GetBoolean(ordinal) ? new InvoiceReferences(row.Text(ordinal + 1), row.Text(ordinal + 2)) : null;
}
