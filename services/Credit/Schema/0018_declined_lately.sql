-- Orders that a rule declined are looked at for some days only; those of before the day was kept are not waiting.
create index order_checks_declined_lately on order_checks (customer_id, decided_on)
    where status = 'declined' and not declined_by_person;
drop index order_checks_customer_declined;
