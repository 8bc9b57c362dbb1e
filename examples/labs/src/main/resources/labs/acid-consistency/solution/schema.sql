-- A balance never goes below zero.
create table accounts (
    id bigint primary key,
    owner text not null,
    balance bigint not null check (balance >= 0)
);

-- Lets a GiST index compare plain columns.
create extension if not exists btree_gist;

-- A rig is booked for whole days, the last day included, and never twice for one day.
create table bookings (
    rig integer not null,
    first_day date not null,
    last_day date not null,
    check (first_day <= last_day),
    exclude using gist (rig with =, daterange(first_day, last_day, '[]') with &&)
);
