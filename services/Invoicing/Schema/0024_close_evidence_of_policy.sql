-- The checklist is read by the month-end policy, too: one that is changed while a period is closed has it read again.
create function close_evidence(books text, through date, policy uuid) returns text language sql stable as $$
    select concat_ws('/', close_evidence(books, through), (select version from mt_streams where id = policy))
$$;

create function check_close_evidence(books text, through date, policy uuid, seen text) returns void
language plpgsql as $$
begin
    if close_evidence(books, through, policy) <> seen then
        perform otc_version_conflict();
    end if;
end $$;
