drop table addresses;
alter table members add column street text;
