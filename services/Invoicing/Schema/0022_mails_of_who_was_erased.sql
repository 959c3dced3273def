-- Who was erased before mails were sealed may still be named in mails that are kept in plain; from now on they are removed
-- with the erasure.
delete from statement_documents d
    using statements s
    where d.statement_id = s.statement_id and d.name = 'mail' and exists (
        select 1 from mt_events e where e.stream_id = s.customer_id and e.type = 'contact_erased');
