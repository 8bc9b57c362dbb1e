DataSource dataSource;
record Order(long customer) {}
interface Customers { void invalidate(long customer); }
Order order;
Customers cache;
abstract void insertOrder(Connection connection, Order order) throws SQLException;
