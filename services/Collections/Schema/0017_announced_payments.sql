-- The day on which the bank should have what a pending payment is to pay; null for what is in the bank already. What an
-- instance of the version before keeps has none: it is held back, and not forecast.
alter table pending_allocations add column expected_on date null;

-- Legal entities are asked for once more: an instance without calendars may have taken the last answer.
delete from otc_inbox where consumer = 'collections-customers';
delete from otc_bindings where queue = 'collections-customers';
