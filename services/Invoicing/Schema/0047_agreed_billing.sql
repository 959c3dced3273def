-- How a customer is to be billed by its last agreement with Credit, for lists. A version beside this one leaves it as
-- it is: it may be of the agreement before the last one until the customer changes again or customers is rebuilt.
alter table customers add column agreed_billing text null;
