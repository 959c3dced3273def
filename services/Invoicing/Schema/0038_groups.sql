-- To whose group a customer belonged, as it was known: statements of groups and the aging by parent are printed again.
alter table customer_versions add column parent_id uuid null;
create index customer_versions_parent on customer_versions (parent_id) where parent_id is not null;
