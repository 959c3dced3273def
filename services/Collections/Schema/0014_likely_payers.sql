-- Who may have paid money of which that is not certain, as far as it is likely. Whether it still waits the receipt says.
create table likely_payers (
    receipt_id uuid   not null primary key,
    customers  uuid[] not null,
    version    bigint not null
);
create index likely_payers_customers on likely_payers using gin (customers);
