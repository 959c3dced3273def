-- Credit memos that a person took back from what they had settled are not applied by themselves any more. An instance of
-- the version before leaves this out; then "credit_memos" can be rebuilt.
alter table credit_memos add column taken_back boolean not null default false;
