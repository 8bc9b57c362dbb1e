drop table flowers;
