-- How a customer is to be billed by its last agreement with Credit, for lists. Null of what a version beside this one writes,
-- until the customer changes again or customers is rebuilt.
alter table customers add column agreed_billing text null;
