create table limits (
    customer_id uuid    primary key,
    amount      numeric(19, 4) not null,
    version     bigint  not null,
    changes     integer not null default 1
);
