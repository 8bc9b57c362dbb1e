--liquibase formatted sql

--changeset test:item
create table item (id bigint primary key, name text not null unique, amount integer not null);

--changeset test:broken
insert into item values (1, 'pencil', 1);
insert into item values (2, 'pencil', 2);
