-- What another contact got at the same moment: for whoever counts contacts it is none of its own. An instance of the
-- version before sends no copies.
alter table contact_attempts add column is_copy boolean not null default false;
