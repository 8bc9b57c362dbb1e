-- Version 3: streets move into a table of their own.
create table addresses (
    member_id bigint primary key references members on delete cascade,
    street text not null
);

insert into addresses (member_id, street) select id, street from members where street is not null;

alter table members drop column street;
