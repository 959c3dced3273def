-- How a customer wants its invoices; null: as its legal entity does.
alter table customers add column invoices jsonb null;

-- What was issued before is not looked at: nobody could have asked for it to be mailed.
insert into mt_event_progression (name, last_seq_id)
    select n.name, coalesce((select max(seq_id) from mt_events), 0)
    from unnest(array ['DocumentDispatcher:All', 'DocumentSender:All']) as n (name)
    on conflict do nothing;
