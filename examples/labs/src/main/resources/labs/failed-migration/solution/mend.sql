-- The tables: customers(id, email, name, verified) and orders(id, customer_id, item).
-- Each statement is run once, in this order.

-- name: move-orders
-- Gives the orders of a duplicate to the oldest customer of the same address.
update orders
set customer_id = oldest.id
from customers duplicate
    join (select email, min(id) as id from customers group by email) oldest on oldest.email = duplicate.email
where duplicate.id = orders.customer_id and duplicate.id <> oldest.id;

-- name: remove-duplicates
-- Leaves the oldest customer of each address, the one with the lowest id.
delete from customers duplicate
using customers older
where older.email = duplicate.email and older.id < duplicate.id;

-- name: leftovers
-- Removes what no migrator will ever look after.
drop index concurrently customers_email_2;
