-- Which bank keeps the account of a pending payment, where that is told apart from its number.
alter table pending_payments add column payer_bank text null;

-- Whether two payers' accounts are the same: of the same bank where both tell it, and of the same number but for the zeros
-- before it. Lockboxes tell the bank's nine digits in front of the number. Null where one of them is not told.
create function same_account(one_bank text, one text, other_bank text, other text) returns boolean
language sql immutable parallel safe as $$
    select case
        when told.one <> told.other then false
        when told.one = told.other then coalesce(
            coalesce(one_bank, substring(same_account.one from '^([0-9]{9})/[0-9]+$'))
                = coalesce(other_bank, substring(same_account.other from '^([0-9]{9})/[0-9]+$')), true)
    end
    from (values (
        nullif(ltrim(regexp_replace(same_account.one, '^[0-9]{9}/([0-9]+)$', '\1'), '0'), ''),
        nullif(ltrim(regexp_replace(same_account.other, '^[0-9]{9}/([0-9]+)$', '\1'), '0'), ''))) as told (one, other)
$$;
