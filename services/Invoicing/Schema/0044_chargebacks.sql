-- Of a chargeback the installment that it was taken from: what it charges was sold by that invoice. Null of all else, and of
-- what a version beside this one writes, which issues none.
alter table invoices
    add column chargeback_of uuid null,
    add column chargeback_installment integer null;
