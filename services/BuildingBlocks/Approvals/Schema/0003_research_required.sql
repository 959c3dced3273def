-- Somebody wants to know more before a request is decided. A version beside this one writes none.
alter table approvals add column if not exists research_required boolean not null default false;
