-- Runs once, on PostgreSQL and on SQLite alike.
-- An address is kept as its owner wrote it; nobody has two accounts with it, however it is written.

create table users (
    id integer primary key,
    email varchar(200) not null
);

create unique index users_email on users (lower(email));

create table orders (
    id integer primary key,
    user_id integer not null references users (id),
    total integer not null
);

-- What refers is looked for whenever a user is deleted.
create index orders_user on orders (user_id);
