-- Late fees and fixed sums by law that installments have given, and in which month. An installment gives each once: two
-- months that are billed at the same time cannot both have it. Debit memos of before are looked up by themselves.
create table charged_once (
    invoice_id  uuid not null,
    installment int  not null,
    kind        text not null,
    period      text not null,
    constraint charged_once_pkey primary key (invoice_id, installment, kind)
);
