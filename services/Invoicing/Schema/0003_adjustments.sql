-- Credit memos, debit memos, write-offs, moved due dates and disputes. Columns have defaults: the version before inserts
-- without them while it is still running.
alter table invoices add column kind text not null default 'Invoice';
alter table invoices add column written_off numeric(19,4) not null default 0;

alter table open_items add column original_due_date date null;
alter table open_items add column disputed numeric(19,4) not null default 0;

-- One event may move several documents (a credit memo and an invoice), and one installment from a due date to another.
alter table subledger_entries drop constraint subledger_entries_pkey;
alter table subledger_entries
    add constraint subledger_entries_pkey primary key (event_id, invoice_id, installment, due_date);
-- Null where it is the due date still.
alter table subledger_entries add column agreed_due_date date null;
alter table subledger_entries add column document_date date null;

-- Read model "credit_memos"
create table credit_memos (
    credit_memo_id uuid          not null constraint credit_memos_pkey primary key,
    number         text          not null constraint credit_memos_number_key unique,
    legal_entity   text          not null,
    customer_id    uuid          not null,
    credit_date    date          not null,
    reason         text          not null,
    invoice_id     uuid          null,
    currency       text          not null,
    net            numeric(19,4) not null,
    tax            numeric(19,4) not null,
    total          numeric(19,4) not null,
    -- Named so that it cannot be taken for the status.
    open_amount    numeric(19,4) not null,
    is_void        boolean       not null,
    version        bigint        not null,
    constraint credit_memos_open_check check (open_amount between 0 and total)
);
create index credit_memos_customer on credit_memos (customer_id, credit_date);
create index credit_memos_open on credit_memos (customer_id) where open_amount > 0;
create index credit_memos_invoice on credit_memos (invoice_id) where invoice_id is not null;
