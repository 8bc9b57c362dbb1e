CREATE TABLE wells (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO wells (name) VALUES ('North'), ('South');
