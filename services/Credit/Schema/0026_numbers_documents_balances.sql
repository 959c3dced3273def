-- By which numbers Invoicing knows each customer, so that a bureau finds the right company. A row is kept without any, for
-- its version.
create table company_numbers (
    customer_id         uuid   not null constraint company_numbers_pkey primary key,
    registration_number text   null,
    tax_id              text   null,
    version             bigint not null
);

-- In which language sales is told; an older instance beside newer ones writes English.
alter table credit_decision_mails add column language text not null default 'en';

-- Documents of cases as they came; the folder of the case names them. They are no read model: nothing makes them again.
create table case_documents (
    document_id    uuid        not null constraint case_documents_pkey primary key,
    application_id uuid        not null,
    content        bytea       not null,
    kept_at        timestamptz not null
);
alter table case_documents alter column content set storage external;

-- What each customer owed at the end of each quarter of an hour (at: its begin) in which that changed, in place of
-- credit_balances, which only instances of before write: days end in the time zone of the legal entity. What is known from
-- before was owed at the end of days in UTC, of today until now; a rebuild makes it exact.
create table credit_balance_moments (
    customer_id uuid          not null,
    currency    text          not null,
    at          timestamptz   not null,
    balance     numeric(19,4) not null,
    constraint credit_balance_moments_pkey primary key (customer_id, currency, at)
);
insert into credit_balance_moments (customer_id, currency, at, balance)
select distinct on (b.customer_id, b.currency, d.at) b.customer_id, b.currency, d.at, b.balance
from credit_balances b
cross join lateral (
    select least(
        (b.day + 1)::timestamp at time zone 'UTC' - interval '15 minutes',
        date_bin('15 minutes', now(), 'epoch'::timestamptz)) as at) d
order by b.customer_id, b.currency, d.at, b.day desc;
