-- Runs that the clock started.
alter table dunning_runs add column by_clock boolean not null default false;

-- When people of a legal entity work; null where it is Saturdays and Sundays off, and no holidays.
alter table legal_entities add column days_off text[] null, add column holidays date[] null;

-- Legal entities are asked for once more, with their calendars.
delete from otc_inbox where consumer = 'collections-customers';
delete from otc_bindings where queue = 'collections-customers';
