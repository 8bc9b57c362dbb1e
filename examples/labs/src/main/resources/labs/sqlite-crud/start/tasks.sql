-- The table: tasks(id, title, completed, created_at); created_at is a date as YYYY-MM-DD.

-- name: create
-- A new task: title and date of creation are parameters.
insert into tasks (title, created_at) values (?, ?);

-- name: incomplete
-- All open tasks.
select id, title from tasks where completed = 'false' order by id;

-- name: counts
-- For each status: the status and the number of its tasks.
select completed, count(*) from tasks;

-- name: newest
-- The three newest tasks, the newest first.
select id, title, created_at from tasks order by created_at limit 3;

-- name: complete-before
-- Completes the tasks that were created before a date, the parameter.
update tasks set completed = 1;

-- name: delete-old
-- Deletes completed tasks that are older than 30 days on a date, the parameter.
delete from tasks where completed = 1;
