-- Requests for a look at a customer. Rows are only added here, so that the news of one customer do not wait for each
-- other; whoever takes customers gathers them into reviews. What a service of an earlier version asks for goes to
-- reviews itself.
create table review_requests (
    id          bigint      not null generated always as identity primary key,
    customer_id uuid        not null,
    asked_at    timestamptz not null
);
