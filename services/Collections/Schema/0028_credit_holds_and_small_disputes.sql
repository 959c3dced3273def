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
