-- A fact about an invoice counts once, however often and late it is told: its version tells it from every other. What was
-- carried over from before there were movements has version 0.
delete from item_movements late using item_movements first
where late.version > 0 and late.ctid > first.ctid
    and (late.invoice_id, late.version, late.kind) = (first.invoice_id, first.version, first.kind);
create unique index item_movements_once on item_movements (invoice_id, version, kind) where version > 0;
