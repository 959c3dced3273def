-- Notifications of credits and debits may tell the payments of a statement's sum one by one; what a bank only expects is
-- kept as a line and books nothing.

alter table bank_accounts add column notifications_by_file boolean not null default false;
drop index statement_lines_booked_once;
create unique index statement_lines_booked_once on statement_lines (bank_account, line_key)
    where class not in ('information', 'already-booked', 'pending');
