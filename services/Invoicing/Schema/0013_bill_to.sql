-- Address and tax number of a customer, as JSON; null where they are not known.
alter table customers add column bill_to jsonb null;
