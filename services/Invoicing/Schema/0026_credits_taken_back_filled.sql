-- Apart from the new column: reading the log must not keep the table locked for everybody.
update credit_memos m set taken_back = true where exists (
    select 1 from mt_events e where e.stream_id = m.credit_memo_id and e.type = 'credit_memo_unapplied');
