-- How much of what a customer owes comes in time, late and very late, as the last forecast has learned it: what the
-- worklist goes by. An instance of the version before makes forecasts that leave it as it is.
create table payment_times (
    customer_id  uuid         not null primary key,
    legal_entity text         not null,
    as_of        date         not null,
    on_time      numeric(5,4) not null,
    late         numeric(5,4) not null,
    very_late    numeric(5,4) not null
);
create index payment_times_entity on payment_times (legal_entity);
