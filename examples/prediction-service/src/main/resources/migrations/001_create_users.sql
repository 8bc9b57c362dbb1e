-- Ids are made by the service (UUID version 7), so that one script serves PostgreSQL and SQLite
-- and the primary key is also the order of creation.
create table users (
    id varchar(36) primary key,
    email varchar(254) not null,
    name varchar(200) not null,
    created_at timestamp not null default current_timestamp
);

create unique index users_email on users (email);
