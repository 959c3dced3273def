-- Sales is told of decisions from here on: those of before were announced already.
insert into mt_event_progression (name, last_seq_id)
select 'CreditDecisionMails:All', coalesce(max(seq_id), 0) from mt_events
on conflict (name) do nothing;
