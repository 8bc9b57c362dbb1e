package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.core.MetricSink;
import dev.wellhead.testkit.TestDatabase;
import java.beans.BeanInfo;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WellheadDataSourceTest {
    /** Reaches nobody; pools of it lend nothing and keep no reserve. */
    private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/nowhere";

    private record Case(Object value, Function<PoolSettings, Object> setting, Object expected) {}

    private static Case expect(Object value, Function<PoolSettings, Object> setting, Object expected) {
        return new Case(value, setting, expected);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    /** Every property that ends up in the pool's settings. */
    private static Map<String, Case> properties() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("poolName", expect("orders", PoolSettings::name, "orders"));
        cases.put("maximumPoolSize", expect(17, PoolSettings::maxSize, 17));
        cases.put("maxSize", expect(18, PoolSettings::maxSize, 18));
        cases.put("minimumIdle", expect(0, PoolSettings::minIdle, 0));
        cases.put("minIdle", expect(5, PoolSettings::minIdle, 5));
        cases.put("maxWaiters", expect(3, PoolSettings::maxWaiters, 3));
        cases.put("parallelConnects", expect(4, PoolSettings::parallelConnects, 4));
        cases.put("connectionTimeout", expect(1234L, PoolSettings::acquireNanos, millis(1234)));
        cases.put("acquireTimeout", expect(Duration.ofMillis(77), PoolSettings::acquireNanos, millis(77)));
        cases.put("connectTimeout", expect(Duration.ofMillis(88), PoolSettings::connectNanos, millis(88)));
        cases.put("validationTimeout", expect(99L, PoolSettings::validationNanos, millis(99)));
        cases.put("idleTimeout", expect(1001L, PoolSettings::idleNanos, millis(1001)));
        cases.put("maxLifetime", expect(1002L, PoolSettings::maxLifetimeNanos, millis(1002)));
        cases.put("keepaliveTime", expect(1003L, PoolSettings::keepaliveNanos, millis(1003)));
        cases.put("leakDetectionThreshold", expect(1004L, PoolSettings::leakNanos, millis(1004)));
        cases.put("keepalive", expect(Duration.ofMillis(55), PoolSettings::keepaliveNanos, millis(55)));
        cases.put("leakThreshold", expect(Duration.ofMillis(66), PoolSettings::leakNanos, millis(66)));
        cases.put("reclaimAfter", expect(Duration.ofMillis(1005), PoolSettings::reclaimNanos, millis(1005)));
        cases.put("primaryRequired", expect(true, PoolSettings::primaryRequired, true));
        return cases;
    }

    /** What has an effect elsewhere, each with a test below. */
    private static final Set<String> OTHER_PROPERTIES = Set.of(
            "url",
            "jdbcUrl",
            "username",
            "password",
            "driverClassName",
            "dataSourceProperties",
            "registerMbeans",
            "connectionInitSql",
            "slowQueryThreshold",
            "slowQueriesKept",
            "captureParameters",
            "sessionReset",
            "metrics",
            "listener");

    /** Option, value, setting of the pool, and what that is then. */
    private static final List<String> URL_OPTIONS = List.of(
            "name orders name orders",
            "maxSize 20 maxSize 20",
            "minIdle 0 minIdle 0",
            "maxWaiters 7 maxWaiters 7",
            "parallelConnects 2 parallelConnects 2",
            "acquireTimeout 500ms acquireNanos 500000000",
            "connectTimeout 2s connectNanos 2000000000",
            "validationTimeout 3s validationNanos 3000000000",
            "maxLifetime 5m maxLifetimeNanos 300000000000",
            "maxLifetime off maxLifetimeNanos 9223372036854775807",
            "idleTimeout 1h idleNanos 3600000000000",
            "idleTimeout off idleNanos 9223372036854775807",
            "keepalive 90s keepaliveNanos 90000000000",
            "keepalive off keepaliveNanos 9223372036854775807",
            "leakThreshold 30s leakNanos 30000000000",
            "leakThreshold off leakNanos 9223372036854775807",
            "reclaimAfter 10m reclaimNanos 600000000000",
            "primaryRequired true primaryRequired true",
            "primaryRequired false primaryRequired false");

    /** What shows in no setting, each with a test of its own. */
    private static final Set<String> OTHER_URL_OPTIONS =
            Set.of("jmx", "slowQueryThreshold", "slowQueriesKept", "captureParameters", "sessionReset");

    private static final Set<String> INHERITED_PROPERTIES = Set.of("logWriter", "loginTimeout");

    @Test
    void everyPropertyReachesThePool() throws Exception {
        for (Map.Entry<String, Case> each : properties().entrySet()) {
            try (WellheadDataSource source = nowhere()) {
                bind(source, Map.of(each.getKey(), each.getValue().value()));

                assertThat(each.getValue().setting().apply(source.pool().settings()))
                        .as(each.getKey())
                        .isEqualTo(each.getValue().expected());
            }
        }
    }

    @Test
    void everyPropertyIsTested() throws Exception {
        Set<String> tested = new TreeSet<>(properties().keySet());
        tested.addAll(OTHER_PROPERTIES);
        tested.addAll(INHERITED_PROPERTIES);

        Set<String> writable = new TreeSet<>(descriptors().keySet());

        assertThat(writable).isEqualTo(tested);
    }

    static List<String> urlOptions() {
        return URL_OPTIONS;
    }

    @Test
    void everyOptionInTheUrlIsTested() {
        Set<String> tested = new TreeSet<>(OTHER_URL_OPTIONS);
        URL_OPTIONS.forEach(line -> tested.add(line.substring(0, line.indexOf(' '))));

        assertThat(PoolOption.names()).containsExactlyInAnyOrderElementsOf(tested);
    }

    @ParameterizedTest
    @MethodSource("urlOptions")
    void everyOptionInTheUrlReachesThePool(String line) throws Exception {
        String[] parts = line.split(" ", -1);
        try (WellheadDataSource source = new WellheadDataSource()) {
            source.setUrl(NOWHERE + "?wellhead." + parts[0] + "=" + parts[1]);

            PoolSettings settings = source.pool().settings();

            assertThat(PoolSettings.class.getDeclaredMethod(parts[2]).invoke(settings))
                    .hasToString(parts[3]);
        }
    }

    @Test
    void slowQueriesAreSetUpByUrlOrByProperties() throws Exception {
        String url = "?wellhead.slowQueryThreshold=1ms&wellhead.slowQueriesKept=2&wellhead.captureParameters=true";
        try (TestDatabase database = TestDatabase.postgres();
                WellheadDataSource byUrl = on(database, url);
                WellheadDataSource byProperty = on(database, "");
                WellheadDataSource off = on(database, "?wellhead.slowQueryThreshold=off")) {
            byProperty.setSlowQueryThreshold(Duration.ofMillis(1));
            byProperty.setSlowQueriesKept(2);
            byProperty.setCaptureParameters(true);

            for (WellheadDataSource each : List.of(byUrl, byProperty, off)) {
                try (Connection connection = each.getConnection();
                        PreparedStatement statement = connection.prepareStatement("select pg_sleep(?)")) {
                    for (int i = 0; i < 3; i++) {
                        statement.setDouble(1, 0.005);
                        statement.executeQuery().close();
                    }
                }
            }

            assertThat(byUrl.pool().slowQueries())
                    .hasSize(2)
                    .allSatisfy(slow -> assertThat(slow.parameters()).isNotEmpty());
            assertThat(byProperty.pool().slowQueries())
                    .hasSize(2)
                    .allSatisfy(slow -> assertThat(slow.parameters()).isNotEmpty());
            assertThat(off.pool().slowQueries()).isEmpty();
        }
    }

    @Test
    void sessionIsInitializedAndResetAsTheUrlOrThePropertiesSay() throws Exception {
        try (TestDatabase database = TestDatabase.postgres();
                WellheadDataSource never = on(database, "?wellhead.sessionReset=never&wellhead.maxSize=1");
                WellheadDataSource tracked = on(database, "?wellhead.sessionReset=TRACKED&wellhead.maxSize=1");
                WellheadDataSource byProperty = on(database, "?wellhead.maxSize=1")) {
            byProperty.setSessionReset(SessionReset.NEVER);
            for (WellheadDataSource each : List.of(never, tracked, byProperty)) {
                each.setConnectionInitSql("set search_path to initial");
            }

            assertThat(searchPathAfterSet(never)).isEqualTo("initial, changed");
            assertThat(searchPathAfterSet(tracked)).isEqualTo("initial, initial");
            assertThat(searchPathAfterSet(byProperty)).isEqualTo("initial, changed");
        }
    }

    private static WellheadDataSource on(TestDatabase database, String options) {
        WellheadDataSource source = new WellheadDataSource();
        source.setUrl(database.url() + options);
        source.setUsername(database.user());
        source.setPassword(database.password());
        return source;
    }

    private static String searchPathAfterSet(WellheadDataSource source) throws SQLException {
        String before;
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            before = searchPath(connection);
            statement.execute("set search_path to changed");
        }
        try (Connection next = source.getConnection()) {
            return before + ", " + searchPath(next);
        }
    }

    private static String searchPath(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show search_path")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void jmxIsSwitchedOnInTheUrlOrAsHikariCpHasIt() throws Exception {
        try (WellheadDataSource byUrl = new WellheadDataSource();
                WellheadDataSource byProperty = nowhere()) {
            byUrl.setUrl(NOWHERE + "?wellhead.jmx=true&wellhead.name=jmx-by-url");
            byProperty.setPoolName("jmx-by-property");
            byProperty.setRegisterMbeans(true);

            byUrl.pool();
            byProperty.pool();

            assertThat(PoolBeanTest.registered("jmx-by-url")).isTrue();
            assertThat(PoolBeanTest.registered("jmx-by-property")).isTrue();
        }
    }

    @Test
    void everyOptionIsInTheTableOfNames() throws Exception {
        Set<String> declared = new HashSet<>();
        for (Field field : PoolOption.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == PoolOption.class) {
                declared.add(((PoolOption<?>) field.get(null)).name());
            }
        }

        assertThat(PoolOption.names()).containsExactlyInAnyOrderElementsOf(declared);
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:x://h/d,                                             jdbc:x://h/d",
        "jdbc:x://h/d?a=1,                                         jdbc:x://h/d?a=1",
        "jdbc:x://h/d?wellhead.maxSize=2,                          jdbc:x://h/d",
        "jdbc:x://h/d?wellhead.maxSize=2&a=1,                      jdbc:x://h/d?a=1",
        "jdbc:x://h/d?a=1&wellhead.maxSize=2,                      jdbc:x://h/d?a=1",
        "jdbc:x://h/d?a=1&wellhead.maxSize=2&b=?&wellhead.jmx=true&c, jdbc:x://h/d?a=1&b=?&c",
        "jdbc:x://wellhead.maxSize=2/d?a=wellhead.minIdle,         jdbc:x://wellhead.maxSize=2/d?a=wellhead.minIdle",
    })
    void driverSeesTheUrlWithoutThePoolsOptions(String url, String driverUrl) {
        assertThat(PoolUrl.parse(url).driverUrl()).isEqualTo(driverUrl);
    }

    @ParameterizedTest
    @CsvSource({
        "wellhead.maxsize=2,                     unknown option wellhead.maxsize in the URL; known are name",
        "wellhead.=2,                            unknown option wellhead. in the URL",
        "wellhead.maxSize,                       'maxSize must be a whole number, was '''''",
        "wellhead.maxSize=2.5,                   'maxSize must be a whole number, was ''2.5'''",
        "wellhead.maxSize=99999999999,           maxSize must be a whole number",
        "wellhead.maxSize=0,                     'maxSize must be >= 1, was 0'",
        "wellhead.maxSize=2&wellhead.maxSize=2,  option wellhead.maxSize stands twice in the URL; set it once",
        "wellhead.name=a b,                      name must be 1 to 63",
        "wellhead.acquireTimeout=2,              'acquireTimeout must be a number with ms, s, m or h behind it, as'",
        "wellhead.acquireTimeout=2d,             acquireTimeout must be a number with",
        "wellhead.acquireTimeout=-2s,            acquireTimeout must be a number with",
        "wellhead.acquireTimeout=off,            acquireTimeout must be a number with",
        "wellhead.acquireTimeout=0s,             acquireTimeout must be > 0",
        "wellhead.acquireTimeout=999999999999h,  acquireTimeout must be at most 292 years",
        "wellhead.maxLifetime=never,             'or off, was ''never'''",
        "wellhead.maxLifetime=0s,                maxLifetime must be > 0",
        "wellhead.sessionReset=maybe,            'sessionReset must be tracked, always or never, was ''maybe'''",
        "wellhead.slowQueriesKept=0,             'slowQueriesKept must be >= 1, was 0'",
        "wellhead.jmx=yes,                       'jmx must be true or false, was ''yes'''",
        "wellhead.primaryRequired=,              primaryRequired must be true or false",
    })
    void badOptionInTheUrlIsRefusedAtOnce(String parameter, String message) {
        try (WellheadDataSource source = new WellheadDataSource()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> source.setUrl(NOWHERE + "?" + parameter))
                    .withMessageContaining(message);
        }
    }

    @Test
    void unknownOptionIsAnsweredWithTheListOfThoseThatExist() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PoolUrl.parse(NOWHERE + "?wellhead.maximumPoolSize=2"))
                .withMessageEndingWith(String.join(", ", PoolOption.names()));
    }

    @Test
    void noMessageShowsTheUrlOrAPassword() {
        String secret = "canary7391";
        List<Throwable> thrown = new ArrayList<>();
        for (String parameter : List.of(
                "wellhead.password=" + secret,
                "wellhead.maxSize=x&password=" + secret,
                "wellhead.maxSize=2;password=" + secret,
                "password=" + secret + "&wellhead.minIdle=9&wellhead.maxSize=1")) {
            try (WellheadDataSource source = new WellheadDataSource()) {
                source.setUsername("app");
                source.setPassword(secret);
                source.setUrl("jdbc:postgresql://u:" + secret + "@127.0.0.1:1/d?" + parameter);
                source.getConnection();
            } catch (Exception e) {
                thrown.add(e);
            }
        }

        assertThat(thrown).hasSize(4);
        for (Throwable each : thrown) {
            StringWriter trace = new StringWriter();
            each.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain(secret);
        }
    }

    @Test
    void toStringShowsNoCredentials() throws Exception {
        try (WellheadDataSource source = nowhere()) {
            source.setUsername("canary-user");
            source.setPassword("canary-password");
            String before = source.toString();

            source.pool();

            assertThat(before).isEqualTo("WellheadDataSource[no pool yet]");
            assertThat(source.toString())
                    .startsWith("WellheadDataSource[ConnectionPool[main")
                    .doesNotContain("canary");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"idleTimeout", "maxLifetime", "keepaliveTime", "leakDetectionThreshold"})
    void zeroIsOffWhereHikariCpSaysSo(String property) throws Exception {
        Function<PoolSettings, Object> setting = properties().get(property).setting();
        try (WellheadDataSource source = nowhere()) {
            bind(source, Map.of(property, 0L));

            assertThat(setting.apply(source.pool().settings())).isEqualTo(Long.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "connectionTimeout,      0,  connectionTimeout: acquireTimeout must be > 0",
        "validationTimeout,      0,  validationTimeout must be > 0",
        "connectionTimeout,      -1, connectionTimeout: acquireTimeout must be > 0",
        "idleTimeout,            -1, idleTimeout must be > 0",
        "maxLifetime,            -1, maxLifetime must be > 0",
        "keepaliveTime,          -1, keepaliveTime: keepalive must be > 0",
        "leakDetectionThreshold, -1, leakDetectionThreshold: leakThreshold must be > 0",
    })
    void badNumberOfMillisecondsIsRefusedByItsSetter(String property, long value, String message) {
        try (WellheadDataSource source = new WellheadDataSource()) {
            assertThatThrownBy(() -> bind(source, Map.of(property, value)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "maximumPoolSize, 0,  'maximumPoolSize: maxSize must be >= 1, was 0'",
        "maxSize,         0,  'maxSize must be >= 1, was 0'",
        "minimumIdle,     -1, 'minimumIdle: minIdle must be >= 0, was -1'",
        "maxWaiters,      0,  'maxWaiters must be >= 1, was 0'",
    })
    void badNumberIsRefusedByItsSetter(String property, int value, String message) {
        try (WellheadDataSource source = new WellheadDataSource()) {
            assertThatThrownBy(() -> bind(source, Map.of(property, value)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void optionOfBothUrlAndPropertyIsRefusedUntilOneGivesWay() throws Exception {
        try (WellheadDataSource source = new WellheadDataSource()) {
            source.setUrl(NOWHERE + "?wellhead.maxSize=5&wellhead.minIdle=0");
            source.setMaximumPoolSize(6);

            assertThatThrownBy(source::getConnection)
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .hasMessage("data source cannot build its pool: set both by the URL and by a property: maxSize;"
                            + " set each in one place");
            source.setUrl(NOWHERE);

            assertThat(source.pool().settings().maxSize()).isEqualTo(6);
        }
    }

    @Test
    void relationThatDoesNotHoldIsToldAtTheFirstBorrowAndCanBeMended() throws Exception {
        try (TestDatabase database = TestDatabase.sqlite();
                WellheadDataSource source = new WellheadDataSource()) {
            source.setUrl(database.url());
            source.setMaximumPoolSize(2);
            source.setMinimumIdle(3);

            assertThatThrownBy(source::getConnection)
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .hasMessageContaining("minIdle 3 must be <= maxSize 2")
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            source.setMinimumIdle(1);

            try (Connection connection = source.getConnection()) {
                assertThat(connection.isValid(1)).isTrue();
            }
        }
    }

    @Test
    void withoutUrlNothingIsBuilt() {
        try (WellheadDataSource source = new WellheadDataSource()) {
            assertThatThrownBy(source::getConnection)
                    .isInstanceOf(SQLNonTransientConnectionException.class)
                    .hasMessageContaining("no URL; set url (or jdbcUrl)");
        }
    }

    @Test
    void frameworkBindsItByItsPropertiesAndWorksWithIt() throws Exception {
        try (TestDatabase database = TestDatabase.postgres()) {
            Map<String, Object> properties = Map.of(
                    "url",
                    database.url() + "?wellhead.maxSize=3",
                    "username",
                    database.user(),
                    "password",
                    database.password(),
                    "driverClassName",
                    "org.postgresql.Driver",
                    "minIdle",
                    0);

            DataSource source = WellheadDataSource.class.getConstructor().newInstance();
            bind(source, properties);

            try (Connection connection = source.getConnection()) {
                assertThat(connection.getMetaData().getUserName()).isEqualTo(database.user());
                assertThat(source.unwrap(ConnectionPool.class).stats().maxSize())
                        .isEqualTo(3);
            }
            ((AutoCloseable) source).close();
        }
    }

    @Test
    void driverPropertiesReachTheDriver() throws Exception {
        try (TestDatabase database = TestDatabase.postgres();
                WellheadDataSource source = new WellheadDataSource()) {
            Properties replaced = new Properties();
            replaced.setProperty("ApplicationName", "replaced");
            Properties all = new Properties();
            all.setProperty("ApplicationName", "orders");
            source.setJdbcUrl(database.url());
            source.setUsername(database.user());
            source.setPassword(database.password());
            source.setDataSourceProperties(replaced);
            source.setDataSourceProperties(all);
            source.addDataSourceProperty("defaultRowFetchSize", 17);

            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("orders");
                assertThat(statement.getFetchSize()).isEqualTo(17);
            }
        }
    }

    @Test
    void metricsAndListenerAreHandedOn() throws Exception {
        AtomicInteger gauges = new AtomicInteger();
        MetricSink sink = new GaugeSink(gauges::incrementAndGet);
        CountDownLatch timedOut = new CountDownLatch(1);
        PoolListener listener = new PoolListener() {
            @Override
            public void acquireTimedOut(String pool, PoolStats stats) {
                timedOut.countDown();
            }
        };
        try (WellheadDataSource source = nowhere()) {
            source.setMetrics(sink);
            source.setListener(listener);
            source.setAcquireTimeout(Duration.ofMillis(50));
            source.setMinIdle(0);

            source.pool().suspend(Duration.ofMinutes(1));
            assertThatThrownBy(source::getConnection).isInstanceOf(PoolTimeoutException.class);

            assertThat(gauges.get()).isPositive();
            assertThat(timedOut.getCount()).isZero();
        }
    }

    @Test
    void everySetterIsRefusedOnceThePoolIsBuilt() throws Exception {
        try (WellheadDataSource source = nowhere()) {
            source.pool();

            Map<String, Object> values = new LinkedHashMap<>();
            properties().forEach((name, each) -> values.put(name, each.value()));
            values.put("url", NOWHERE);
            values.put("jdbcUrl", NOWHERE);
            values.put("username", "a");
            values.put("password", "b");
            values.put("driverClassName", "org.postgresql.Driver");
            values.put("dataSourceProperties", new Properties());
            values.put("registerMbeans", true);
            values.put("connectionInitSql", "set search_path to app");
            values.put("slowQueryThreshold", Duration.ofSeconds(2));
            values.put("slowQueriesKept", 3);
            values.put("captureParameters", true);
            values.put("sessionReset", SessionReset.ALWAYS);
            values.put("metrics", MetricSink.none());
            values.put("listener", new PoolListener() {});
            assertThat(values.keySet()).containsAll(OTHER_PROPERTIES);

            for (Map.Entry<String, Object> each : values.entrySet()) {
                assertThatThrownBy(() -> bind(source, Map.of(each.getKey(), each.getValue())))
                        .as(each.getKey())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(each.getKey() + " must be set before the first getConnection()");
            }
            assertThatThrownBy(() -> source.addDataSourceProperty("a", 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void driverClassIsLoadedAndRegistersItself() throws Exception {
        BooleanSupplier registered = () -> DriverManager.drivers().anyMatch(each -> each instanceof LateDriver);
        try (WellheadDataSource source = new WellheadDataSource()) {
            assertThat(registered.getAsBoolean()).isFalse();

            source.setDriverClassName(LateDriver.class.getName());
            source.setUrl("jdbc:late:");

            assertThat(registered.getAsBoolean()).isTrue();
            assertThatThrownBy(source::getConnection).hasMessageContaining("late driver asked");
        } finally {
            DriverManager.drivers()
                    .filter(each -> each instanceof LateDriver)
                    .forEach(each -> assertThatCode(() -> DriverManager.deregisterDriver(each))
                            .doesNotThrowAnyException());
        }
    }

    @Test
    void driverClassThatIsNoneIsRefused() {
        try (WellheadDataSource source = new WellheadDataSource()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> source.setDriverClassName("org.nowhere.Driver"))
                    .withMessage(
                            "driverClassName org.nowhere.Driver is not on the class path; add the driver's artifact,"
                                    + " or leave driverClassName out");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> source.setDriverClassName("java.lang.String"))
                    .withMessage("driverClassName java.lang.String is no java.sql.Driver");
        }
    }

    @Test
    void unwrapReachesThePoolAndItselfAndNothingElse() throws Exception {
        try (WellheadDataSource source = nowhere()) {
            assertThat(source.unwrap(ConnectionPool.class)).isSameAs(source.pool());
            assertThat(source.unwrap(DataSource.class)).isSameAs(source);
            assertThat(source.isWrapperFor(ConnectionPool.class)).isTrue();
            assertThat(source.isWrapperFor(WellheadDataSource.class)).isTrue();
            assertThat(source.isWrapperFor(String.class)).isFalse();
            assertThatThrownBy(() -> source.unwrap(String.class)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void loginTimeoutIsThePoolsOnceThereIsOne() throws Exception {
        try (WellheadDataSource source = nowhere()) {
            source.setConnectionTimeout(1500);
            int before = source.getLoginTimeout();

            source.pool();

            assertThat(before).isZero();
            assertThat(source.getLoginTimeout()).isEqualTo(2);
            assertThatThrownBy(() -> source.getConnection("a", "b"))
                    .isInstanceOf(SQLFeatureNotSupportedException.class);
        }
    }

    static WellheadDataSource nowhere() {
        WellheadDataSource source = new WellheadDataSource();
        source.setUrl(NOWHERE);
        return source;
    }

    private static Map<String, PropertyDescriptor> descriptors() throws Exception {
        BeanInfo info = Introspector.getBeanInfo(WellheadDataSource.class);
        Map<String, PropertyDescriptor> writable = new LinkedHashMap<>();
        Arrays.stream(info.getPropertyDescriptors())
                .filter(each -> each.getWriteMethod() != null)
                .forEach(each -> writable.put(each.getName(), each));
        return writable;
    }

    /** As frameworks do it: a property for each name, found by reflection. */
    private static void bind(DataSource source, Map<String, Object> values) throws Exception {
        for (Map.Entry<String, Object> each : values.entrySet()) {
            PropertyDescriptor property = descriptors().get(each.getKey());
            assertThat(property).as(each.getKey()).isNotNull();
            try {
                property.getWriteMethod().invoke(source, each.getValue());
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
    }
}
