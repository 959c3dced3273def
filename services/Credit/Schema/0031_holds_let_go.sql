-- Holds that a person let go are among what people let go against a rule; of them there is no order and no amount. Of
-- those from before it was kept why they were placed is not known here.
alter table credit_overrides
    alter column order_id drop not null,
    alter column amount drop not null,
    alter column currency drop not null,
    alter column available drop not null,
    add column hold_id uuid null;

insert into credit_overrides (override_id, customer_id, hold_id, reasons, reason, released_on, released_at, released_by,
                              reserved_until, approval_id)
select e.id, e.stream_id, (e.data->>'HoldId')::uuid,
       jsonb_build_array(jsonb_build_object(
           'code', e.data->>'Code', 'detail', coalesce(e.data->'LetGo'->>'Detail', ''))),
       coalesce(e.headers->>'reason', ''),
       coalesce((e.data->'LetGo'->>'On')::date, (e.timestamp at time zone 'UTC')::date), e.timestamp,
       coalesce(e.user_name, ''), (e.data->>'QuietUntil')::date, (e.data->'LetGo'->>'ApprovalId')::uuid
from mt_events e
where e.type = 'hold_released' and (e.data ? 'LetGo' or e.user_name <> 'credit');
