-- Holds that a person let go are among what people let go against a rule; of them there is no order and no amount. The
-- table is locked for a moment only: those there are already come with 0034.
alter table credit_overrides
    alter column order_id drop not null,
    alter column amount drop not null,
    alter column currency drop not null,
    alter column available drop not null,
    add column hold_id uuid null;
