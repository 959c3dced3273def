-- Of two agreements with a customer the one of the higher version of its stream at Credit holds. An older version keeps
-- none; Credit tells it with all that it ever agreed on when it is asked to (catch-up).
alter table billing_agreements add column version bigint not null default 0;
