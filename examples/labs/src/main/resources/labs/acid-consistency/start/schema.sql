-- A balance never goes below zero.
create table accounts (
    id bigint primary key,
    owner text not null,
    balance bigint not null
);

-- A rig is booked for whole days, the last day included, and never twice for one day.
create table bookings (
    rig integer not null,
    first_day date not null,
    last_day date not null
);
