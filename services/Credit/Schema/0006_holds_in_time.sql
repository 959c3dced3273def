-- What each payment was for: a payment that bounces holds the account until these items are paid again.
alter table credit_payments
    add column receipt_id  uuid null,
    add column invoice_id  uuid null,
    add column installment int  null;
create index credit_payments_receipt on credit_payments (receipt_id) where receipt_id is not null;

-- Read model: rules that place no hold for a while, because a person has let theirs go.
create table credit_quiet_rules (
    customer_id uuid not null,
    code        text not null,
    until       date not null,
    constraint credit_quiet_rules_pkey primary key (customer_id, code)
);

-- Orders that a horizon may leave out.
create index order_checks_later on order_checks (customer_id, needed_on) where reserved > 0 and needed_on is not null;
