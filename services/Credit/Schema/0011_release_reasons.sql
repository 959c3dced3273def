alter table order_checks add column release_reason text null;
