-- The playbook that a person gave a customer; null where it goes by the rules of its legal entity.
alter table collectors add column playbook text null;
create index collectors_playbook on collectors (customer_id) where playbook is not null;

-- The playbook a notice is of; null in those of a version before, which are all of the playbook of their run.
alter table notices add column playbook text null;
