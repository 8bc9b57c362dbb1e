drop table species;
