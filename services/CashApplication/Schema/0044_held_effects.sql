-- What follows from a file may be held until somebody arms it: 'held', then 'armed'; null where it never was.
alter table statement_imports add column effects text null;
create index statement_imports_held on statement_imports (id) where effects = 'held';
