-- Aging of today reads what is open from this index alone; lists of one customer use its beginning.
drop index open_items_customer;
create index open_items_customer on open_items (customer_id, legal_entity, currency, due_date) include (balance)
    where balance > 0;
