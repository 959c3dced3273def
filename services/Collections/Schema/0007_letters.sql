-- Letters need what stands on the paper of a legal entity, and where its customers get their post.
create table letterheads (
    legal_entity text   not null primary key,
    content      jsonb  not null,
    version      bigint not null
);

alter table customers add column address jsonb null;

-- Customers are asked for once more, with their addresses.
delete from otc_inbox where consumer = 'collections-customers';
delete from otc_bindings where queue = 'collections-customers';

-- Whose mail has nowhere to go gets letters; they wait here until somebody has posted them.
create index notices_queued on notices (legal_entity, prepared_at) where status = 'queued';
create index notices_queued_customer on notices (customer_id) where status = 'queued';
