-- What Invoicing did to an invoice, beside what is open of it: the two must say the same.
create table item_movements (
    invoice_id uuid          not null,
    version    bigint        not null,
    kind       text          not null,
    settled    numeric(19,4) not null,
    source_id  uuid          null
);
create index item_movements_invoice on item_movements (invoice_id);
create index open_items_customer on open_items (customer_id);

insert into item_movements
select invoice_id, 0, 'payment-applied', settled, allocation_id from allocations
where status in ('confirmed', 'reversal-pending');
insert into item_movements
select i.invoice_id, 0, 'carried-over', sum(i.amount - i.balance) - coalesce(max(p.settled), 0), null
from open_items i
left join (select invoice_id, sum(settled) as settled from item_movements group by invoice_id) p using (invoice_id)
group by i.invoice_id
having sum(i.amount - i.balance) <> coalesce(max(p.settled), 0);

-- Parts of a receipt's unapplied money that are other customers'.
alter table receipts add column shares jsonb null;
create index receipts_shares on receipts using gin (shares jsonb_path_ops) where shares is not null;

-- Read model: days of a bank account that were closed.
create table cash_days (
    bank_account text          not null,
    day          date          not null,
    legal_entity text          not null,
    credits      numeric(19,4) not null,
    receipts     numeric(19,4) not null,
    ledger       numeric(19,4) not null,
    count        integer       not null,
    closed_by    text          not null,
    closed_at    timestamptz   not null,
    version      bigint        not null,
    constraint cash_days_pkey primary key (bank_account, day)
);
