-- Gapless numbers. The row of a series is locked from the draw to the commit of the document that the number is for.
create table number_series (
    legal_entity text    not null,
    kind         text    not null,
    year         integer not null,
    last         bigint  not null,
    constraint number_series_pkey primary key (legal_entity, kind, year)
);

-- Read model "legal_entities"
create table legal_entities (
    code                   text   not null constraint legal_entities_pkey primary key,
    name                   text   not null,
    base_currency          text   not null,
    country                text   not null,
    time_zone              text   not null,
    tax_rounding           text   not null,
    receivables_account    text   not null,
    unapplied_cash_account text   not null,
    tax_account            text   not null,
    revenue_account        text   not null,
    version                bigint not null
);

-- Read model "customers"
create table customers (
    customer_id   uuid        not null constraint customers_pkey primary key,
    number        text        not null constraint customers_number_key unique,
    legal_entity  text        not null,
    name          text        not null,
    external_id   text        null,
    currency      text        not null,
    country       text        not null,
    language      text        not null,
    segment       text        null,
    terms         text        not null,
    parent_id     uuid        null,
    contacts      jsonb       not null,
    registered_at timestamptz not null,
    version       bigint      not null,
    constraint customers_external_id_key unique (legal_entity, external_id)
);
create index customers_parent on customers (parent_id) where parent_id is not null;

-- Read model "invoices"
create table invoices (
    invoice_id      uuid          not null constraint invoices_pkey primary key,
    number          text          not null constraint invoices_number_key unique,
    legal_entity    text          not null,
    customer_id     uuid          not null,
    invoice_date    date          not null,
    due_date        date          not null,
    currency        text          not null,
    terms           text          not null,
    terms_mismatch  boolean       not null,
    order_reference text          null,
    purchase_order  text          null,
    net             numeric(19,4) not null,
    tax             numeric(19,4) not null,
    total           numeric(19,4) not null,
    balance         numeric(19,4) not null,
    is_void         boolean       not null,
    issued_at       timestamptz   not null,
    version         bigint        not null
);
create index invoices_customer on invoices (customer_id, invoice_date);
create index invoices_entity_date on invoices (legal_entity, invoice_date);
create index invoices_order on invoices (order_reference) where order_reference is not null;
create index invoices_due on invoices (due_date) where balance > 0;
create index invoices_terms_mismatch on invoices (invoice_date) where terms_mismatch;

create table open_items (
    invoice_id   uuid          not null,
    installment  integer       not null,
    legal_entity text          not null,
    customer_id  uuid          not null,
    currency     text          not null,
    due_date     date          not null,
    amount       numeric(19,4) not null,
    balance      numeric(19,4) not null,
    constraint open_items_pkey primary key (invoice_id, installment),
    -- An over-application is refused by the rules; here it would stop the write.
    constraint open_items_balance_check check (balance between 0 and amount)
);
create index open_items_customer on open_items (customer_id) where balance > 0;

-- Read model "subledger": one row per movement of an open item, never changed. What was owed on any day is a sum over it.
create table subledger_entries (
    event_id       uuid          not null,
    installment    integer       not null,
    invoice_id     uuid          not null,
    invoice_number text          not null,
    legal_entity   text          not null,
    customer_id    uuid          not null,
    due_date       date          not null,
    posting_date   date          not null,
    kind           text          not null,
    currency       text          not null,
    amount         numeric(19,4) not null,
    -- In the books' currency; null where the document has another one, until a rate is booked with it.
    base_amount    numeric(19,4) null,
    recorded_at    timestamptz   not null,
    constraint subledger_entries_pkey primary key (event_id, installment)
);
create index subledger_entries_invoice on subledger_entries (invoice_id);
create index subledger_entries_customer on subledger_entries (customer_id, posting_date);
create index subledger_entries_aging on subledger_entries (legal_entity, posting_date)
    include (customer_id, currency, due_date, amount);

-- Read model "journal": the entry inside each financial event of this service.
create table journal_entries (
    entry_id      uuid        not null constraint journal_entries_pkey primary key,
    legal_entity  text        not null,
    posting_date  date        not null,
    kind          text        not null,
    source_id     uuid        not null,
    source_number text        not null,
    customer_id   uuid        null,
    recorded_at   timestamptz not null
);
create index journal_entries_period on journal_entries (legal_entity, posting_date);
create index journal_entries_source on journal_entries (source_id);

create table journal_lines (
    entry_id uuid          not null,
    line     integer       not null,
    account  text          not null,
    role     text          not null,
    currency text          not null,
    debit    numeric(19,4) not null,
    credit   numeric(19,4) not null,
    constraint journal_lines_pkey primary key (entry_id, line)
);

-- Entries that cash application posted, as received. Kept apart from our own, which can be rebuilt from our events.
create table received_journal_entries (
    entry_id      uuid        not null constraint received_journal_entries_pkey primary key,
    legal_entity  text        not null,
    posting_date  date        not null,
    kind          text        not null,
    source_id     uuid        not null,
    source_number text        not null,
    customer_id   uuid        null,
    recorded_at   timestamptz not null
);
create index received_journal_entries_period on received_journal_entries (legal_entity, posting_date);
create index received_journal_entries_source on received_journal_entries (source_id);

create table received_journal_lines (
    entry_id uuid          not null,
    line     integer       not null,
    account  text          not null,
    role     text          not null,
    currency text          not null,
    debit    numeric(19,4) not null,
    credit   numeric(19,4) not null,
    constraint received_journal_lines_pkey primary key (entry_id, line)
);
