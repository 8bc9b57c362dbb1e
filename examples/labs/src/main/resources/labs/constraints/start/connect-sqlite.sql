-- Runs on each new connection to SQLite, before anything else.

pragma busy_timeout = 2000;
