DataSource dataSource;
Path folder;
MigrationSource source;
Migrator migrator;
String secret;
List<String> names;
abstract DataSource dataSourceOf(String tenant);
abstract void rehash(Connection connection) throws SQLException;
