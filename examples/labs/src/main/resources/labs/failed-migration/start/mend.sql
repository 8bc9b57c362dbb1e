-- The tables: customers(id, email, name, verified) and orders(id, customer_id, item).
-- Each statement is run once, in this order. So far they only look.

-- name: move-orders
-- Gives the orders of a duplicate to the oldest customer of the same address.
select orders.id, orders.customer_id, customers.email from orders join customers on customers.id = orders.customer_id;

-- name: remove-duplicates
-- Leaves the oldest customer of each address, the one with the lowest id.
select email, count(*) from customers group by email having count(*) > 1;

-- name: leftovers
-- Removes what no migrator will ever look after.
select indexrelid::regclass from pg_index where not indisvalid;
