insert into item (name, amount) values ('pencil', 1);
insert into item (name, amount) values ('pencil', 2);
