String secret;
MetricSink metrics;
ConnectionPool pool;
org.slf4j.Logger log;
abstract void work(Connection connection) throws SQLException;
