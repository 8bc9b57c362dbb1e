create table payments (
    id bigint primary key,
    amount bigint not null
);

create table receipts (
    id bigint primary key,
    payment bigint not null
);
