-- Version 1: in use since last year. Leave it as it is.
create table members (
    id bigint generated always as identity primary key,
    name text not null,
    street text
);
