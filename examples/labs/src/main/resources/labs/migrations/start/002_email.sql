-- Version 2: from now on each member has an e-mail address. Members of before get 'member-<id>@example.org' for a start.
alter table members add column email text not null;
create unique index members_email on members (email);
