-- What Collections holds back from dunning, or from any contact. No read model of ours: Collections tells it again when
-- it is asked. The word of the newest version counts, whichever is told first.
create table dunning_holds (
    hold_id     uuid          not null constraint dunning_holds_pkey primary key,
    customer_id uuid          not null,
    kind        text          not null,
    invoice_id  uuid          null,
    installment integer       null,
    amount      numeric(19,4) null,
    currency    text          null,
    until       date          null,
    is_over     boolean       not null,
    version     bigint        not null
);
create index dunning_holds_customer on dunning_holds (customer_id) where not is_over;
create index dunning_holds_invoice on dunning_holds (invoice_id) where not is_over and invoice_id is not null;
