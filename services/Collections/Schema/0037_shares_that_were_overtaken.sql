-- Each word about a receipt gives its version to all shares of it that are here. A share that is older than the receipt
-- was written by a word that came when a newer one, which does not know the customer, was here already: it has nothing.
-- An instance of the version before may write such a share still; this statement finds it again (see the run book).
with taken as (
    update receipt_shares s set unapplied = 0, version = r.version
    from receipts r
    where r.id = s.receipt_id and r.version > s.version and s.unapplied > 0
    returning s.customer_id)
insert into review_requests (customer_id, asked_at) select distinct customer_id, now() from taken;
