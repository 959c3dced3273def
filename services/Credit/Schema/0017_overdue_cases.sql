-- A case that no person decided in time is told once in a round.
alter table credit_applications add column overdue_told boolean not null default false;
create index credit_applications_deadline on credit_applications (due_by)
    where status in ('in-review', 'information-needed') and not overdue_told;
