create table half (id bigint primary key);
create tabel typo (id bigint);
