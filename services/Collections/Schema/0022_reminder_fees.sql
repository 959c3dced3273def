-- What the contract of a customer lets be charged for a dunning notice, in the currency of its account; null for
-- nothing.
alter table customers add column reminder_fee numeric(19,4) null;

-- What a notice costs the customer, and whether it was asked of Invoicing: the notice went out.
alter table notices add column fee numeric(19,4) null, add column fee_currency text null,
    add column fee_asked boolean not null default false;
create index notices_fee_came_back on notices (customer_id) where fee_asked and status = 'failed';

-- What Invoicing has answered: the debit memo, or why there is none.
create table reminder_fees (
    notice_id       uuid not null primary key,
    document_id     uuid null,
    document_number text null,
    refusal         text null
);
