-- The table: payments(id, account_id, booked_at, reference, cents), 100,000 rows of 1,000 accounts in one year.
-- These statements run on SQLite and on PostgreSQL.

-- name: payments-by-account
-- For: select count(*), sum(cents) from payments where account_id = ? and booked_at >= ?
create index payments_account on payments (account_id, booked_at);

-- name: payments-by-reference
-- For: select id, cents from payments where lower(reference) = ?
create index payments_reference on payments (lower(reference));
