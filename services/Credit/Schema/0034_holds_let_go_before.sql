-- Holds that a person let go before it was kept (0031): why they were placed is not known here. It looks through all
-- events while an older instance goes on deciding.
insert into credit_overrides (override_id, customer_id, hold_id, reasons, reason, released_on, released_at, released_by,
                              reserved_until, approval_id)
select e.id, e.stream_id, (e.data->>'HoldId')::uuid,
       jsonb_build_array(jsonb_build_object(
           'code', e.data->>'Code', 'detail', coalesce(e.data->'LetGo'->>'Detail', ''))),
       coalesce(e.headers->>'reason', ''),
       coalesce((e.data->'LetGo'->>'On')::date, (e.timestamp at time zone 'UTC')::date), e.timestamp,
       coalesce(e.user_name, ''), (e.data->>'QuietUntil')::date, (e.data->'LetGo'->>'ApprovalId')::uuid
from mt_events e
where e.type = 'hold_released' and (e.data ? 'LetGo' or e.user_name <> 'credit')
on conflict (override_id) do nothing;
