-- By which numbers Invoicing knows each customer, so that a bureau finds the right company. A row is kept without any, for
-- its version.
create table company_numbers (
    customer_id         uuid   not null constraint company_numbers_pkey primary key,
    registration_number text   null,
    tax_id              text   null,
    version             bigint not null
);
