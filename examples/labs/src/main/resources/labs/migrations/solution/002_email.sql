-- Version 2: from now on each member has an e-mail address. Members of before get 'member-<id>@example.org' for a start.
alter table members add column email text;
update members set email = 'member-' || id || '@example.org' where email is null;
alter table members alter column email set not null;
create unique index members_email on members (email);
