create schema elsewhere;
set search_path to elsewhere;
set statement_timeout to '50s';
create table other (id integer);
