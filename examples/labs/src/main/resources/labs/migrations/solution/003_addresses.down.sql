alter table members add column street text;

update members set street = addresses.street from addresses where addresses.member_id = members.id;

drop table addresses;
