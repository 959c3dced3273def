-- For which recommendations Invoicing has suspended service, as of a version of the customer: a release before this one
-- writes newer versions and leaves both as they are, so they say nothing of any other version.
alter table customers add column suspended_for uuid[] null;
alter table customers add column suspended_for_version bigint null;
