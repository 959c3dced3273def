-- Whose credit memo for an invoice, or deposit, it is, and what it was about as of which version. News of it may come
-- before its issue is known; moved by compare-and-set.
create table billing_sources (
    source_id   uuid          not null constraint billing_sources_pkey primary key,
    customer_id uuid          null,
    invoice_id  uuid          null,
    amount      numeric(19,4) not null,
    currency    text          not null,
    version     bigint        not null
);
create index billing_sources_customer on billing_sources (customer_id) where source_id <> invoice_id;

-- What was given up of installments, and, below zero, what was found to be collectible after all.
create table credit_losses (
    source_id   uuid          not null constraint credit_losses_pkey primary key,
    customer_id uuid          not null,
    invoice_id  uuid          not null,
    installment int           not null,
    currency    text          not null,
    amount      numeric(19,4) not null,
    due_date    date          not null,
    day         date          not null
);
create index credit_losses_customer on credit_losses (customer_id, day);
create index credit_losses_item on credit_losses (invoice_id, installment);

-- An invoice that is void bills nothing: its row kept what it had billed at first.
update credit_receivables r set amount = 0
from mt_events e
where e.type = 'receivable_recorded' and (e.data->'Billed'->>'amount')::numeric = 0
  and r.invoice_id = (e.data->>'InvoiceId')::uuid and r.installment = (e.data->>'Installment')::int
  and r.balance = 0 and r.amount <> 0;
