-- What is open on the installment after the movement, as the invoice itself had it, and the version of the stream, by which
-- movements of one day follow on one another: open items of a past day are what was said last up to it. Null of a credit
-- memo, and of what a version before this one writes; where one did, "subledger" can be rebuilt.
alter table subledger_entries add column version bigint null;
alter table subledger_entries add column balance numeric(19,4) null;
alter table subledger_entries add column base_balance numeric(19,4) null;
