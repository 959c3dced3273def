-- Read model: what a person let go against what stood against it; one row for each time, also of orders that ended.
create table credit_overrides (
    override_id    uuid          not null constraint credit_overrides_pkey primary key,
    customer_id    uuid          not null,
    order_id       text          not null,
    amount         numeric(19,4) not null,
    currency       text          not null,
    granted        numeric(19,4) null,
    available      numeric(19,4) not null,
    reasons        jsonb         not null,
    reason_code    text          null,
    reason         text          not null,
    released_on    date          not null,
    released_at    timestamptz   not null,
    released_by    text          not null,
    reserved_until date          null,
    approval_id    uuid          null
);
create index credit_overrides_released on credit_overrides (released_on, override_id);

insert into credit_overrides
select e.id, e.stream_id, e.data->>'OrderId', (e.data->'Amount'->>'amount')::numeric, e.data->'Amount'->>'currency',
       (e.data->'Granted'->>'amount')::numeric, (e.data->'Available'->>'amount')::numeric,
       (select jsonb_agg(jsonb_build_object('code', r.reason->>'Code', 'detail', r.reason->>'Detail') order by r.n)
        from jsonb_array_elements(e.data->'Reasons') with ordinality as r (reason, n)),
       e.data->>'ReleaseReason', coalesce(e.headers->>'reason', ''),
       coalesce((e.data->'Basis'->>'On')::date, (e.timestamp at time zone 'UTC')::date), e.timestamp,
       coalesce(e.user_name, ''), (e.data->>'ReservedUntil')::date, (e.data->>'ApprovalId')::uuid
from mt_events e
where e.type = 'order_released' and jsonb_array_length(e.data->'Reasons') > 0;
