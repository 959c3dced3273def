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

-- How often the payment processor was asked about a pending payment that nobody knows of, and when it is asked again.
create table processor_questions (
    pending_id uuid        not null constraint processor_questions_pkey primary key,
    asked      integer     not null,
    ask_at     timestamptz not null
);
create index pending_payments_unknown on pending_payments (recorded_at) where status = 'pending' and stage = 'unknown';
