-- A hold of a customer's credit may be placed again after it was let go: the newer version of the customer's account at
-- Credit counts. 0 where it was told to an instance of the version before; the next word is newer.
alter table credit_holds add column version bigint not null default 0;

-- From how many days on the shares call money very late. Null where an instance of the version before has written them:
-- they are rated by the policy as it is, until the next forecast.
alter table payment_times add column very_late_days integer null;

-- What the policy has accepted by itself, which is at most so much of one invoice.
alter table disputes add column by_policy boolean not null default false;
update disputes d set by_policy = true
from mt_events e
where e.stream_id = d.id and e.type = 'dispute_accepted' and (e.data->>'ByPolicy')::boolean;
create index disputes_by_policy on disputes (invoice_id) where by_policy;

-- What an instance of the version before defines is not in it: rebuild "playbooks" once the last of them is gone.
create table playbooks (
    code       text        not null primary key,
    name       text        not null,
    steps      integer     not null,
    version    bigint      not null,
    defined_at timestamptz not null,
    defined_by text        not null
);
insert into playbooks (code, name, steps, version, defined_at, defined_by)
select e.data->>'Code', e.data->>'Name', jsonb_array_length(e.data->'Steps'), e.version, e.timestamp,
       coalesce(e.user_name, '')
from mt_streams m join mt_events e on e.stream_id = m.id and e.version = m.version
where m.type = 'playbook';
