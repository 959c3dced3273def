-- Who may have paid money that waits is told since a later version than some of it: it is looked at once more, so that
-- whoever has likely paid is not reminded.
insert into match_news (kind, subject)
select 'receipt', id from receipts where customer_id is null and unapplied > on_account;
