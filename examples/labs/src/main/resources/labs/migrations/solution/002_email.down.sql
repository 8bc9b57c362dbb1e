drop index members_email;
alter table members drop column email;
