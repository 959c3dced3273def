-- Orders that a rule declined are judged again like held ones; what a person declined is not. Of those that were
-- declined before nobody knows here who did: they are looked at, and the account itself says that nothing changes. The
-- approval that a release waits for is shown with the order.
alter table order_checks
    add column declined_by_person boolean not null default false,
    add column release_approval_id uuid null;
create index order_checks_customer_declined on order_checks (customer_id)
    where status = 'declined' and not declined_by_person;
