-- The tables: customers(id, email, name) and orders(id, customer_id, item); ids are bigint, the rest is text.
-- The indexes: customers(id), customers(email), orders(id), orders(customer_id).

-- name: index
-- Runs once. For 'find'.
create index customers_email_lower on customers (lower(email));

-- name: find
-- The customers with an e-mail address, in whatever case it is written, by id. The parameter is a text.
select id, email, name from customers where lower(email) = lower(?) order by id;

-- name: orders-of
-- The orders of a customer, by id. The parameter is the customer's id, as a text: it comes from a URL.
select id, item from orders where customer_id = cast(? as bigint) order by id;
