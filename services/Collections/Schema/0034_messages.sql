-- Numbers, and contacts in the portal, that messages do not reach; mail addresses are in failed_addresses. An instance
-- of the version before sends no messages.
create table failed_message_addresses (
    customer_id uuid        not null,
    channel     text        not null,
    address     text        not null,
    detail      text        not null,
    at          timestamptz not null,
    primary key (customer_id, channel, address)
);

-- Forgets a person in everything that is read. What another contact of the customer has too stays. Telephone numbers
-- are kept by their digits, however they were written; messages name them in E.164, and in the portal the person.
create or replace function forget_contact(customer uuid, contact uuid, at timestamptz) returns void
language plpgsql as $$
declare words text[];
declare numbers text[];
begin
    insert into erased_contacts values (contact, customer, at) on conflict do nothing;
    words := array(
        select k.value from known_contacts k where k.contact_id = contact and not exists (
            select 1 from known_contacts o
            where o.customer_id = customer and o.contact_id <> contact and lower(o.value) = lower(k.value))
        order by length(k.value) desc);
    numbers := array(
        select ltrim(regexp_replace(replace(w, '(0)', ''), '\D', '', 'g'), '0') from unnest(words) w
        where w ~ '^[0-9+./() -]{5,}$');
    words := words || array(select '+' || n from unnest(numbers) n) || contact::text;
    delete from known_contacts where contact_id = contact;
    update contact_log set summary = forget_words(summary, words), contact_name = forget_words(contact_name, words)
        where customer_id = customer;
    update contact_attempts set address = case
            when ltrim(regexp_replace(replace(address, '(0)', ''), '\D', '', 'g'), '0') = any(numbers) then '[erased]'
            else forget_words(address, words) end,
        contact_name = forget_words(contact_name, words), detail = forget_words(detail, words)
        where customer_id = customer;
    delete from failed_addresses where customer_id = customer
        and address in (select lower(trim(w)) from unnest(words) w);
    delete from failed_message_addresses where customer_id = customer
        and (address in (select lower(trim(w)) from unnest(words) w)
            or ltrim(regexp_replace(address, '\D', '', 'g'), '0') = any(numbers));
    delete from opted_out_addresses where customer_id = customer
        and (address in (select lower(trim(w)) from unnest(words) w)
            or ltrim(regexp_replace(address, '\D', '', 'g'), '0') = any(numbers));
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
