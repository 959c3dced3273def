-- What is known of persons, so that all of it can be found again on the day they are to be forgotten.
create table known_contacts (
    customer_id uuid not null,
    contact_id  uuid not null,
    kind        text not null,
    value       text not null,
    primary key (contact_id, kind, value)
);
create index known_contacts_customer on known_contacts (customer_id);

-- Who was forgotten stays so, whatever older word comes afterwards.
create table erased_contacts (
    contact_id  uuid        not null primary key,
    customer_id uuid        not null,
    erased_at   timestamptz not null
);

insert into known_contacts (customer_id, contact_id, kind, value)
select c.id, (p->>'Id')::uuid, v.kind, v.value
from customers c, jsonb_array_elements(c.contacts) p,
    lateral (values ('name', p->>'Name'), ('email', p->>'Email'), ('phone', p->>'Phone')) as v (kind, value)
where p->>'Id' is not null and v.value <> ''
on conflict do nothing;

-- Each of these words, whole and in any case, becomes [erased].
create function forget_words(said text, words text[]) returns text language plpgsql immutable as $$
declare word text;
begin
    foreach word in array words loop
        said := regexp_replace(
            said,
            '(?<![[:alnum:]])' || regexp_replace(word, '([^[:alnum:][:space:]])', '\\\1', 'g') || '(?![[:alnum:]])',
            '[erased]', 'gi');
    end loop;
    return said;
end $$;

-- Forgets a person in everything that is read. What another contact of the customer has too stays.
create function forget_contact(customer uuid, contact uuid, at timestamptz) returns void language plpgsql as $$
declare words text[];
begin
    insert into erased_contacts values (contact, customer, at) on conflict do nothing;
    words := array(
        select k.value from known_contacts k where k.contact_id = contact and not exists (
            select 1 from known_contacts o
            where o.customer_id = customer and o.contact_id <> contact and lower(o.value) = lower(k.value))
        order by length(k.value) desc);
    delete from known_contacts where contact_id = contact;
    update contact_log set summary = forget_words(summary, words), contact_name = forget_words(contact_name, words)
        where customer_id = customer;
    update contact_attempts set address = forget_words(address, words),
        contact_name = forget_words(contact_name, words), detail = forget_words(detail, words)
        where customer_id = customer;
    delete from failed_addresses where customer_id = customer
        and address in (select lower(trim(w)) from unnest(words) w);
    delete from opted_out_addresses where customer_id = customer
        and address in (select lower(trim(w)) from unnest(words) w);
    update notices set recipient = forget_words(recipient, words), subject = forget_words(subject, words)
        where customer_id = customer;
    update promises set contact_name = forget_words(contact_name, words), note = forget_words(note, words)
        where customer_id = customer;
    update tasks set text = forget_words(text, words), result = forget_words(result, words)
        where customer_id = customer;
    update escalations set text = forget_words(text, words), result = forget_words(result, words)
        where customer_id = customer;
    update disputes set note = forget_words(note, words) where customer_id = customer;
    update payment_plans set note = forget_words(note, words) where customer_id = customer;
end $$;
