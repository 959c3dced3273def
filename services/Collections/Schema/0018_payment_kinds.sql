-- How the customers of a legal entity pay, and those of each of its segments, as the last forecast learned it: what is
-- known of one customer is drawn towards it. The segment is empty for the legal entity as a whole. For each day from
-- the due date on (PaymentCurve) the chance that what is still open is paid on it.
create table payment_kinds (
    legal_entity text      not null,
    segment      text      not null,
    as_of        date      not null,
    hazards      numeric[] not null,
    primary key (legal_entity, segment)
);
