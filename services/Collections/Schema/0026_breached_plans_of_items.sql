-- Steps of playbooks may ask whether payment plans of an item were breached; only active plans had an index by item.
create index plan_items_item on plan_items (invoice_id, installment);
