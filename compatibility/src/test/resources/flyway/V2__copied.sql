copy item (name, amount) from stdin;
pencil	1
paper	2
\.
