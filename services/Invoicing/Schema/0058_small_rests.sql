-- What is left of installments that are settled in part, the smallest first. An installment is in it from its first part
-- payment to its last, so issuing and paying in full do not touch it.
create index open_items_rests on open_items (legal_entity, currency, balance) where balance > 0 and balance < amount;

-- The chargebacks of an invoice, with which it is judged by how much was written off of all.
create index invoices_chargeback_of on invoices (chargeback_of) where chargeback_of is not null;
