DataSource pool;
long id;
Cache<Long, User> users;
Redis redis;
Transaction tx;
record User(String name, int team) {}
abstract User loadUser(DataSource pool, Long id) throws SQLException;
abstract void updateUser(Connection connection, long id) throws SQLException;
