-- The day on which a customer is listed again whose work is done, whatever has changed by then; null: once something
-- has. An instance of the version before leaves it as it is.
alter table collectors add column done_until date null;
