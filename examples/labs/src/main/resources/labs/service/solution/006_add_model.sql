-- Release 2 says of each prediction which model made it. All that there are were made by nearest-5.
-- And so are those that replicas of release 1 go on writing, which know nothing of the column.
alter table predictions add column model varchar(40) not null default 'nearest-5';
