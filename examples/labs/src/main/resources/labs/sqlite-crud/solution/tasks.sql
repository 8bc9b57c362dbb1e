-- The table: tasks(id, title, completed, created_at); created_at is a date as YYYY-MM-DD.

-- name: create
-- A new task: title and date of creation are parameters.
insert into tasks (title, created_at) values (?, ?);

-- name: incomplete
-- All open tasks.
select id, title from tasks where completed = 0 order by id;

-- name: counts
-- For each status: the status and the number of its tasks.
select completed, count(*) from tasks group by completed order by completed;

-- name: newest
-- The three newest tasks, the newest first.
select id, title, created_at from tasks order by created_at desc, id desc limit 3;

-- name: complete-before
-- Completes the tasks that were created before a date, the parameter.
update tasks set completed = 1 where completed = 0 and created_at < ?;

-- name: delete-old
-- Deletes completed tasks that are older than 30 days on a date, the parameter.
delete from tasks where completed = 1 and created_at < date(?, '-30 days');
