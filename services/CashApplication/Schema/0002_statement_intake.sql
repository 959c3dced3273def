-- Files larger than one part come in several, kept as they come.

alter table statement_files add column part integer not null default 0;
alter table statement_files add column received_at timestamptz not null default now();
alter table statement_files drop constraint statement_files_pkey;
alter table statement_files add constraint statement_files_pkey primary key (import_id, part);

-- A file is refused, waits for a missing statement, is being booked or imported.

alter table statement_imports add column waits_for text null;
alter table statement_imports add column waits_opening numeric(19,4) null;
alter table statement_imports add column waits_closing numeric(19,4) null;
create index statement_imports_unfinished on statement_imports (received_at, id) where status in ('booking', 'waiting');
drop index statement_imports_imported_once;
create unique index statement_imports_imported_once on statement_imports (sha256) where status in ('imported', 'booking');

alter table statements add column kind text not null default 'statement';
alter table statements add column first_day date null;

-- Read model: payments that banks have taken back, with the receipt that is reversed for each once it is found.

create table returned_payments (
    import_id    uuid          not null,
    statement    integer       not null,
    entry        integer       not null,
    detail       integer       not null,
    bank_account text          not null,
    booking_date date          not null,
    currency     text          not null,
    amount       numeric(19,4) not null,
    reason       text          not null,
    code         text          null,
    refs         text          not null,
    account      text          null,
    check_number text          null,
    text         text          null,
    receipt_id   uuid          null,
    found_by     text          null,
    constraint returned_payments_pkey primary key (import_id, statement, entry, detail)
);
-- A receipt is taken back once.
create unique index returned_payments_receipt on returned_payments (receipt_id) where receipt_id is not null;
create index returned_payments_open on returned_payments (bank_account, booking_date) where receipt_id is null;

-- Read model: what others may call a receipt, to find it when its payment comes back.

create table receipt_references (
    receipt_id   uuid not null,
    bank_account text not null,
    reference    text not null,
    constraint receipt_references_pkey primary key (receipt_id, reference)
);
create index receipt_references_reference on receipt_references (bank_account, reference);
create index receipts_payer_account on receipts (bank_account, payer_account) where payer_account is not null;

-- Read model: how the CSV of each bank is read.

create table csv_mappings (
    code    text   not null constraint csv_mappings_pkey primary key,
    mapping jsonb  not null,
    version bigint not null
);
