-- Read model "order_holds": each time that an order had to wait, why, and what became of it. It holds what is decided from
-- now on; rebuilt, all that ever was.
create table order_holds (
    hold_id     uuid        not null constraint order_holds_pkey primary key,
    customer_id uuid        not null,
    order_id    text        not null,
    reason      text        not null,
    held_at     timestamptz not null,
    ended_at    timestamptz null,
    outcome     text        null
);
create unique index order_holds_waiting on order_holds (customer_id, order_id) where ended_at is null;
create index order_holds_ended on order_holds (ended_at) where ended_at is not null;
