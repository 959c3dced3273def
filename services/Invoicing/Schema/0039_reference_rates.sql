-- Read model "reference_rates": published rates that interest by law is measured from, percent a year, by half-year.
create table reference_rates (
    legal_entity text    not null,
    name         text    not null,
    valid_from   date    not null,
    percent      numeric not null,
    constraint reference_rates_pkey primary key (legal_entity, name, valid_from)
);
