namespace OrderToCash.Collections.Accounts;

/// <summary>
/// By how much each word of Invoicing about an item lowered what is owed on it, in SQL. The balances themselves say so,
/// so a cash discount and a small difference beside a payment are in it; of what was given up the word itself does, as
/// one before it may be on its way and the balances then say that of both. Payments count by their value date, without
/// those taken back; everything else by its accounting date, below zero where it raised the balance. What is charged
/// back is still owed, on a document of its own: it lowers nothing.
/// </summary>
internal static class ItemFalls
{
    /// <summary>
    /// Of the item <c>i</c> after its <c>source_version</c>, as <c>f (kind, day, amount)</c>: <c>payment</c>,
    /// <c>given-up</c> for what was written off or recovered, <c>other</c> for credits and the like.
    /// </summary>
    public const string SinceSource =
        """
        lateral (
            select n.kind, n.day, a.amount from (
                select case when h.kind = 'payment-applied' then 'payment'
                            when h.kind in ('written-off', 'write-off-recovered') then 'given-up'
                            else 'other' end as kind,
                       coalesce(s.value_date, h.posting_date) as day, h.balance, h.given_up,
                       coalesce((select b.balance from item_history b where b.invoice_id = h.invoice_id
                           and b.installment = h.installment and b.version < h.version
                           order by b.version desc limit 1), h.amount) as was
                from item_history h
                left join settlements s on h.kind = 'payment-applied' and s.kind = 'payment' and not s.reversed
                    and s.invoice_id = h.invoice_id and s.installment = h.installment and s.version = h.version
                where h.invoice_id = i.invoice_id and h.installment = i.installment and h.version > i.source_version
                and h.kind not in ('payment-reversed', 'charged-back', 'chargeback-reversed')
                and (h.kind <> 'payment-applied' or s.id is not null)) n
            cross join lateral (select coalesce(n.given_up, n.was - n.balance) as amount) a
            where a.amount <> 0) f
        """;
}
