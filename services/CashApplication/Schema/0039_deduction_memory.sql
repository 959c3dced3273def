-- Read model: how people coded deductions of customers; what was taken back is forgotten.
create table deduction_memory (
    allocation_id uuid        not null constraint deduction_memory_pkey primary key,
    legal_entity  text        not null,
    customer_id   uuid        not null,
    words         text        not null,
    reason_code   text        not null,
    coded_at      timestamptz not null,
    forgotten     boolean     not null default false
);
create index deduction_memory_customer on deduction_memory (customer_id, coded_at) where not forgotten;

-- What a customer's words and codes for deductions mean, before the policy's; null for none.
alter table cash_profiles add column deduction_reasons jsonb null;
