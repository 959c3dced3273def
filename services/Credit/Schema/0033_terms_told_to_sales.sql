-- Sales is told of terms from here on: what was decided before is not mailed now.
insert into mt_event_progression (name, last_seq_id)
select 'CreditTermsMails:All', coalesce(max(seq_id), 0) from mt_events
on conflict (name) do nothing;
