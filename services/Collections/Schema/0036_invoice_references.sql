-- What an invoice may share with others, by which playbooks group them: as it was issued, and never anything else. A row
-- without either says that it has neither; no row, that it is not told yet. A queue of its own fills it, which tells at
-- its first start what was told before; an instance of the version before neither reads nor writes it.
create table invoice_references (
    invoice_id      uuid not null primary key,
    purchase_order  text null,
    order_reference text null
);
