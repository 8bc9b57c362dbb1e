DataSource dataSource;
