-- What agencies have earned and is in the books, by placement at Collections: what is told next is booked by what it
-- differs. "change" is what was booked last. No read model of ours: written with the received entries, kept with them.
create table agency_commissions (
    placement_id uuid          not null constraint agency_commissions_pkey primary key,
    legal_entity text          not null,
    currency     text          not null,
    booked       numeric(19,4) not null,
    change       numeric(19,4) not null,
    version      bigint        not null
);
