-- The newest word of Collections about each customer's overdue state: older ones that come later hold nothing.
create table overdue_states (
    customer_id    uuid    not null constraint overdue_states_pkey primary key,
    state          text    null,
    blocks_changes boolean not null,
    version        bigint  not null
);
