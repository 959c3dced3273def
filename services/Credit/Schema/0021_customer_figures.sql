-- What each customer owed at the end of each day (UTC) on which that changed.
create table credit_balances (
    customer_id uuid          not null,
    currency    text          not null,
    day         date          not null,
    balance     numeric(19,4) not null,
    constraint credit_balances_pkey primary key (customer_id, currency, day)
);

-- Figures of a year, in the currency of the account, worked out anew every day.
create table credit_figures (
    customer_id            uuid          not null constraint credit_figures_pkey primary key,
    as_of                  date          not null,
    average_balance        numeric(19,4) null,
    days_sales_outstanding numeric(19,1) null
);
