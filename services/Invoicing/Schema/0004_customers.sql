-- What became of a customer after its registration.
alter table customers add column status text not null default 'Active';
alter table customers add column merged_into uuid null;
alter table customers add column terms_origin text not null default 'Standard';
alter table customers add column clauses jsonb null;
alter table customers add column statements jsonb null;
create index customers_merged_into on customers (merged_into) where merged_into is not null;
