-- What a text says in words of letters and digits, each once. A receipt is found by any of the words that it or its payer has.
create function receipt_words(words text) returns text[] language sql immutable parallel safe as $$
    select string_to_array(btrim(regexp_replace(upper(words), '[^[:alnum:]]+', ' ', 'g')), ' ')
$$;
create index receipts_words on receipts using gin (receipt_words(coalesce(payer_name, '') || ' ' ||
    coalesce(payer_account, '') || ' ' || coalesce(reference, '') || ' ' || coalesce(check_number, '')));
create index receipts_by_amount on receipts (amount, value_date, id);

-- The processor has said that a pending payment was taken: it is asked no more. Those that nobody knew of and that were answered before are
-- under way since.
alter table pending_payments add column answered boolean not null default false;
update pending_payments set answered = true where stage = 'initiated' and status = 'pending' and version > 1;
create index pending_payments_asked on pending_payments (legal_entity, recorded_at)
    where status = 'pending' and processor_reference is not null and not answered;

-- What of a customer's money is to be paid back.
create index refunds_customer on refunds (customer_id) where status in ('waiting', 'approved', 'in-payment');
