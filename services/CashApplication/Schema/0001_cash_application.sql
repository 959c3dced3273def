-- Replicas of what Invoicing owns. version is that of the source stream: an older message never replaces a newer row.

create table legal_entities (
    code          text   not null constraint legal_entities_pkey primary key,
    name          text   not null,
    base_currency text   not null,
    time_zone     text   not null,
    unapplied_cash_account    text not null,
    unidentified_cash_account text not null,
    cash_clearing_account     text not null,
    version       bigint not null
);

create table customers (
    id           uuid   not null constraint customers_pkey primary key,
    number       text   not null,
    legal_entity text   not null,
    name         text   not null,
    currency     text   not null,
    compact_key  text   not null,
    loose_key    text   not null,
    version      bigint not null
);
create index customers_compact_key on customers (compact_key);
create index customers_loose_key on customers (loose_key);

create table open_items (
    invoice_id     uuid          not null,
    installment    integer       not null,
    invoice_number text          not null,
    legal_entity   text          not null,
    customer_id    uuid          not null,
    invoice_date   date          not null,
    due_date       date          not null,
    currency       text          not null,
    amount         numeric(19,4) not null,
    balance        numeric(19,4) not null,
    compact_key    text          not null,
    loose_key      text          not null,
    version        bigint        not null,
    constraint open_items_pkey primary key (invoice_id, installment)
);
create index open_items_compact_key on open_items (compact_key);
create index open_items_loose_key on open_items (loose_key);
create index open_items_open_balance on open_items (legal_entity, currency, balance) where balance > 0;
create index open_items_open_of_customer on open_items (customer_id) where balance > 0;

-- Read model: bank accounts.

create table bank_accounts (
    code           text        not null constraint bank_accounts_pkey primary key,
    legal_entity   text        not null,
    currency       text        not null,
    iban           text        null,
    account_number text        null,
    bank_code      text        null,
    identification text        not null,
    ledger_account text        not null,
    last_statement text        null,
    last_closing   numeric(19,4) null,
    last_day       date        null,
    version        bigint      not null
);
-- One IBAN may be kept in several currencies; then each is an account of its own.
create unique index bank_accounts_identification on bank_accounts (identification, currency, coalesce(bank_code, ''));

-- Read model: statement files, statements and their lines.

create table statement_imports (
    id          uuid        not null constraint statement_imports_pkey primary key,
    status      text        not null,
    format      text        null,
    sha256      text        not null,
    size        bigint      not null,
    received_at timestamptz not null,
    received_by text        not null,
    code        text        null,
    line        integer     null,
    element     text        null,
    detail      text        null
);
create index statement_imports_received on statement_imports (received_at, id);
create index statement_imports_sha256 on statement_imports (sha256);
create unique index statement_imports_imported_once on statement_imports (sha256) where status = 'imported';

create table statements (
    import_id              uuid          not null,
    ordinal                integer       not null,
    bank_account           text          not null,
    account_identification text          not null,
    statement_id           text          not null,
    number                 text          null,
    content_hash           text          not null,
    currency               text          not null,
    opening                numeric(19,4) null,
    closing                numeric(19,4) null,
    from_day               date          null,
    to_day                 date          null,
    entries                integer       not null,
    credits                numeric(19,4) not null,
    debits                 numeric(19,4) not null,
    repeated               boolean       not null,
    constraint statements_pkey primary key (import_id, ordinal)
);
create index statements_of_account on statements (bank_account, content_hash);

create table statement_lines (
    import_id    uuid          not null,
    statement    integer       not null,
    entry        integer       not null,
    bank_account text          not null,
    fingerprint  text          not null,
    line_key     text          not null,
    booking_date date          not null,
    value_date   date          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    class        text          not null,
    text         text          null,
    receipt_ids  uuid[]        not null,
    constraint statement_lines_pkey primary key (import_id, statement, entry)
);
-- A line of an account is booked once, whoever sends it and however often.
create unique index statement_lines_booked_once on statement_lines (bank_account, line_key)
    where class not in ('information', 'already-booked');
create index statement_lines_fingerprint on statement_lines (bank_account, fingerprint);
create index statement_lines_booking_date on statement_lines (booking_date, bank_account);

-- The files themselves, as they came.

create table statement_files (
    import_id uuid  not null constraint statement_files_pkey primary key,
    content   bytea not null
);
alter table statement_files alter column content set storage external;

-- Read model: receipts, their allocations, and what they teach about payers.

create table receipts (
    id            uuid          not null constraint receipts_pkey primary key,
    number        text          not null constraint receipts_number unique,
    legal_entity  text          not null,
    method        text          not null,
    bank_account  text          null,
    booking_date  date          not null,
    value_date    date          not null,
    posting_date  date          not null,
    import_id     uuid          null,
    payer_name    text          null,
    payer_account text          null,
    reference     text          null,
    customer_id   uuid          null,
    identified_by text          null,
    currency      text          not null,
    amount        numeric(19,4) not null,
    unapplied     numeric(19,4) not null,
    pending       numeric(19,4) not null,
    applied       numeric(19,4) not null,
    reversed      numeric(19,4) not null,
    status        text          not null,
    version       bigint        not null,
    constraint receipts_conserved check (amount = unapplied + pending + applied + reversed),
    constraint receipts_not_below_zero check (unapplied >= 0 and pending >= 0 and applied >= 0 and reversed >= 0)
);
create index receipts_status on receipts (status, value_date, id);
create index receipts_value_date on receipts (value_date, id);
create index receipts_customer on receipts (customer_id, value_date);
create index receipts_entity on receipts (legal_entity, value_date);
create index receipts_posting on receipts (booking_date, bank_account);

-- Money promised to an installment that Invoicing has not answered for yet.
create table promised (
    allocation_id uuid          not null constraint promised_pkey primary key,
    receipt_id    uuid          not null,
    invoice_id    uuid          not null,
    installment   integer       not null,
    amount        numeric(19,4) not null
);
create index promised_item on promised (invoice_id, installment);

create table payer_accounts (
    legal_entity text not null,
    account      text not null,
    customer_id  uuid not null,
    constraint payer_accounts_pkey primary key (legal_entity, account, customer_id)
);

-- Gapless numbers per legal entity and year, moved on in the transaction of the receipts that take them.
create table receipt_numbers (
    legal_entity text    not null,
    year         integer not null,
    last         integer not null,
    constraint receipt_numbers_pkey primary key (legal_entity, year)
);
