-- A day is done step by step: what failed is done again without the rest.
alter table credit_daily_runs add column step text not null default 'day';
alter table credit_daily_runs drop constraint credit_daily_runs_pkey;
alter table credit_daily_runs add constraint credit_daily_runs_pkey primary key (legal_entity, day, step);
