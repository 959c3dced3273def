-- How much risk Credit sees in a customer, as it was assessed last; a class and a score that are null say that too
-- little is known.
create table customer_risks (
    customer_id uuid        not null primary key,
    risk_class  text        null,
    score       integer     null,
    assessed_at timestamptz not null,
    version     bigint      not null
);
