-- With what the work was done that rests until a day. An instance of the version before says anew with what it is done
-- and leaves the day as it is: that is of other work then, and counts no more.
alter table collectors add column done_until_with text null;
update collectors set done_until_with = done_with where done_until is not null;
