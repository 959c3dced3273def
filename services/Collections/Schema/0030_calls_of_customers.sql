-- Finds the last call that was handed out for a customer, which a hold may have taken back.
create index tasks_calls on tasks (customer_id, created_at) where kind = 'call' and created_by = 'collections';
