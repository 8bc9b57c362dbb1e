-- Release 2 says of each prediction which model made it. All that there are were made by nearest-5.
alter table predictions add column model varchar(40);
update predictions set model = 'nearest-5';
alter table predictions alter column model set not null;
