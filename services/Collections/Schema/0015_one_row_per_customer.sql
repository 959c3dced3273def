-- What one unit of a currency is in the books of a legal entity; the whole of a day in one row.
create table exchange_rates (
    legal_entity text      not null,
    day          date      not null,
    base         text      not null,
    currencies   text[]    not null,
    rates        numeric[] not null,
    version      bigint    not null,
    primary key (legal_entity, day)
);

-- The worklist, with one row per customer over all its currencies. Instances of the version before keep theirs, which
-- goes with a later version. Whom they look at in between comes here with the next change or the next day.
create table worklist_customers (
    customer_id  uuid          not null primary key,
    legal_entity text          not null,
    name         text          not null,
    rank         numeric(24,4) not null,
    currency     text          not null,
    overdue      numeric(19,4) not null,
    days_overdue integer       not null,
    fingerprint  text          not null,
    work         jsonb         not null
);
create index worklist_customers_rank on worklist_customers (legal_entity, rank desc);
insert into review_requests (customer_id, asked_at) select distinct customer_id, now() from worklist;
