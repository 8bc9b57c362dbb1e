-- Runs once, on PostgreSQL and on SQLite alike.
-- An address is kept as its owner wrote it; nobody has two accounts with it, however it is written.

create table users (
    id integer primary key,
    email varchar(200) not null
);

create table orders (
    id integer primary key,
    user_id integer not null,
    total integer not null
);
