-- The tables: users(id, name) and orders(id, user_id, total, status, created_on).
-- An order of a guest has no user_id.

-- name: large-orders
-- Users' orders above a total of 100: id of the order, name of the user, total. By id of the order.
select o.id, u.name, o.total
from users u, orders o
where o.total > 100
order by o.id;

-- name: newest
-- The ten newest orders, the newest first: id, created_on, name of the user (null for a guest).
select o.id, o.created_on, u.name
from orders o
join users u on u.id = o.user_id
order by o.created_on
limit 10;

-- name: totals
-- For every user: id, name, and the total of what is paid, 0 if that is nothing. By id.
select u.id, u.name, sum(o.total)
from users u
left join orders o on o.user_id = u.id
where o.status = 'paid'
group by u.id, u.name
order by u.id;

-- name: without-orders
-- Users who never ordered anything: id and name. By id.
select id, name
from users
where id not in (select user_id from orders)
order by id;
