drop table visits;
drop type visit_kind;
