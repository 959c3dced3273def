-- The playbook that a person gave a customer, and the last day of it; null where it goes by the rules of its legal
-- entity, and where it has no end.
alter table collectors add column playbook text null, add column playbook_until date null;
create index collectors_playbook on collectors (customer_id) where playbook is not null;

-- The playbook a notice is of; null in those of a version before, which are all of the playbook of their run.
alter table notices add column playbook text null;
