-- Requests for a look at a customer. Rows are only added here, so that the news of one customer do not wait for each
-- other; whoever takes customers gathers them into reviews. What a service of an earlier version asks for goes to
-- reviews itself. Who goes back to such a version moves what is left here by hand:
--   insert into reviews (customer_id, requests, due_at)
--   select customer_id, count(*), min(asked_at) from review_requests group by customer_id
--   on conflict (customer_id) do update set requests = reviews.requests + excluded.requests;
create table review_requests (
    id          bigint      not null generated always as identity primary key,
    customer_id uuid        not null,
    asked_at    timestamptz not null
);
