create table ${table} (id bigint primary key);
