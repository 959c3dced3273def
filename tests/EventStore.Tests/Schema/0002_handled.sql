-- What the recording subscription notes.
create table handled (
    number       bigint generated always as identity,
    subscription text   not null,
    seq          bigint not null,
    instance     text   not null
);
