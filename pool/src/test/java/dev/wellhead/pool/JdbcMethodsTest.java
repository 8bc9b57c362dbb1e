package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each method that the interfaces of JDBC have on the JDK at hand, through what the pool lends, against a driver that
 * remembers its calls. A method that is added to an interface, or left out of a class here, fails these tests.
 */
class JdbcMethodsTest {
    private static final List<Class<?>> TYPES = List.of(
            Connection.class,
            Statement.class,
            PreparedStatement.class,
            CallableStatement.class,
            ResultSet.class,
            DatabaseMetaData.class);

    /** Deprecated in JDBC for twenty years and more, and refused, also after close. */
    private static final Set<String> REFUSED = Set.of(
            "PreparedStatement.setUnicodeStream(int,InputStream,int)",
            "CallableStatement.setUnicodeStream(int,InputStream,int)",
            "CallableStatement.getBigDecimal(int,int)",
            "ResultSet.getBigDecimal(int,int)",
            "ResultSet.getBigDecimal(String,int)",
            "ResultSet.getUnicodeStream(int)",
            "ResultSet.getUnicodeStream(String)",
            // Would stay on the session: there is no way to ask what it was before.
            "Connection.setShardingKey(ShardingKey)",
            "Connection.setShardingKey(ShardingKey,ShardingKey)",
            "Connection.setShardingKeyIfValid(ShardingKey,int)",
            "Connection.setShardingKeyIfValid(ShardingKey,ShardingKey,int)");

    /** Hints for the driver on where a borrower's work begins and ends: the pool's to give, so a borrower's do nothing. */
    private static final Set<String> IGNORED = Set.of("Connection.beginRequest()", "Connection.endRequest()");

    /** End the loan, which is the pool's business, or answer for our own object. */
    private static final Set<String> OURS = Set.of(
            "Connection.close()",
            "Connection.abort(Executor)",
            "Statement.getConnection()",
            "PreparedStatement.getConnection()",
            "CallableStatement.getConnection()",
            "DatabaseMetaData.getConnection()");

    /** Lead past the pool: tested by name. */
    private static final Set<String> WRAPPER = Set.of("unwrap", "isWrapperFor");

    /** What JDBC wants of something closed that is not an exception. */
    private static final Map<String, Object> AFTER_CLOSE =
            Map.of("isClosed", true, "isValid", false, "close", "nothing", "abort", "nothing");

    /** Cannot throw: declared without an SQLException, and only tell the driver's version. */
    private static final Set<String> UNCHECKED = Set.of("getDriverMajorVersion", "getDriverMinorVersion");

    private static final String IN_MEMORY_OF_STATEMENTS =
            "(set|get)(MaxFieldSize|LargeMaxRows|MaxRows|QueryTimeout|FetchDirection|FetchSize)|setEscapeProcessing"
                    + "|clearWarnings|get(Large)?UpdateCount|getResultSet(Concurrency|Type|Holdability)|clearBatch"
                    + "|addBatch|isClosed|(set|is)Poolable|closeOnCompletion|isCloseOnCompletion|enquote\\w+"
                    + "|isSimpleIdentifier";

    /**
     * Move values between the borrower and the driver's memory, or ask the driver of itself. A failure there says nothing
     * of the connection; should one say so, the driver has closed its connection, which is looked at on return.
     */
    private static final Map<Class<?>, Pattern> IN_MEMORY = Map.of(
            Connection.class, Pattern.compile("isClosed"),
            Statement.class, Pattern.compile(IN_MEMORY_OF_STATEMENTS),
            PreparedStatement.class,
                    Pattern.compile(IN_MEMORY_OF_STATEMENTS + "|set[A-Z]\\w+|addBatch|clearParameters"),
            CallableStatement.class,
                    Pattern.compile(IN_MEMORY_OF_STATEMENTS
                            + "|set[A-Z]\\w+|addBatch|clearParameters|registerOutParameter|wasNull"
                            + "|get(?!Warnings|MoreResults|ResultSet$|GeneratedKeys|MetaData|ParameterMetaData)\\w+"),
            ResultSet.class,
                    Pattern.compile("wasNull|findColumn|clearWarnings|isClosed|row(Inserted|Updated|Deleted)"
                            + "|update(?!Row$)\\w+|set(FetchSize|FetchDirection)|is(BeforeFirst|AfterLast|First)"
                            + "|get(?!MetaData)\\w+"),
            DatabaseMetaData.class, Pattern.compile("getDriver(Major|Minor)Version"));

    private final RecordingDriver driver = new RecordingDriver();
    private final ConnectionPool pool = ConnectionPool.builder(new Source(driver))
            .maxSize(1)
            .minIdle(0)
            .acquireTimeout(Duration.ofSeconds(20))
            .build();
    private final List<String> faults = new ArrayList<>();

    private static final class Source extends PlainDataSource {
        private final RecordingDriver driver;

        Source(RecordingDriver driver) {
            this.driver = driver;
        }

        @Override
        public Connection getConnection() {
            return driver.connect();
        }

        @Override
        public Connection getConnection(String user, String password) {
            return driver.connect();
        }

        @Override
        public int getLoginTimeout() {
            return 0;
        }
    }

    /** What is tried on each method. */
    @FunctionalInterface
    private interface Trial {
        void on(Class<?> type, Method method, String name) throws Throwable;
    }

    static Stream<Class<?>> types() {
        return TYPES.stream();
    }

    @AfterEach
    void close() {
        driver.answersAsUsual();
        pool.close(Duration.ZERO);
    }

    @ParameterizedTest
    @MethodSource("types")
    void eachMethodIsPassedOnWithItsArgumentsAndItsResult(Class<?> type) {
        tryEach(type, this::passesOn);

        assertThat(faults).isEmpty();
    }

    private void passesOn(Class<?> type, Method method, String name) throws Throwable {
        if (OURS.contains(name) || REFUSED.contains(name) || IGNORED.contains(name)) {
            return;
        }
        boolean[] flags = method.getReturnType() == boolean.class ? new boolean[] {true, false} : new boolean[] {true};
        for (boolean flag : flags) {
            try (Connection connection = pool.getConnection()) {
                Object ours = RecordingDriver.pooled(connection, type);
                Object answer = driver.sample(method.getReturnType(), 40);
                Object expected = answer instanceof Boolean ? (Object) flag : answer;
                driver.answers(method, () -> expected);
                driver.calls.clear();
                Object[] arguments = arguments(method);

                Object result = method.invoke(ours, arguments);

                List<RecordingDriver.Call> calls = List.copyOf(driver.calls);
                driver.answersAsUsual();
                expect(name, "calls of the driver, which were " + calls, isOneCall(calls, method, arguments));
                boolean rows = isOfJdbc(expected);
                expect(name, "a result that leads back", !rows || leadsBack(result, ours, connection));
                expect(
                        name,
                        "the driver's result, not " + result,
                        rows || expected == result || isEqual(expected, result));
            } finally {
                driver.answersAsUsual();
            }
        }
    }

    private static boolean isEqual(Object expected, Object result) {
        return expected != null && expected.equals(result);
    }

    private static boolean isOneCall(List<RecordingDriver.Call> calls, Method method, Object[] arguments) {
        return calls.size() == 1
                && RecordingDriver.isSame(method, calls.get(0).method())
                && calls.get(0).arguments().equals(List.of(arguments));
    }

    private static boolean isOfJdbc(Object value) {
        return TYPES.stream().anyMatch(type -> type.isInstance(value));
    }

    private static boolean leadsBack(Object result, Object ours, Connection connection) throws SQLException {
        if (RecordingDriver.isRaw(result)) {
            return false;
        }
        if (result instanceof Statement statement) {
            return statement.getConnection() == connection;
        }
        if (result instanceof ResultSet rows) {
            Statement statement = rows.getStatement();
            return ours instanceof Statement
                    ? statement == ours
                    : !RecordingDriver.isRaw(statement) && statement.getConnection() == connection;
        }
        return result instanceof DatabaseMetaData catalogue && catalogue.getConnection() == connection;
    }

    @ParameterizedTest
    @MethodSource("types")
    void noMethodReachesTheDriverAfterClose(Class<?> type) {
        tryEach(type, this::isGuarded);

        assertThat(faults).isEmpty();
    }

    private void isGuarded(Class<?> type, Method method, String name) throws Throwable {
        Connection connection = pool.getConnection();
        Object ours = RecordingDriver.pooled(connection, type);
        connection.close();
        Object[] arguments = arguments(method);
        driver.calls.clear();

        Object outcome = outcome(ours, method, arguments);

        if (!UNCHECKED.contains(method.getName())) {
            expect(name, "no call of the driver after close", driver.calls.isEmpty());
        }
        if (REFUSED.contains(name)) {
            expect(name, "a refusal", outcome instanceof SQLFeatureNotSupportedException);
        } else if (AFTER_CLOSE.containsKey(method.getName())) {
            expect(
                    name,
                    "the answer of JDBC, not " + outcome,
                    AFTER_CLOSE.get(method.getName()).equals(outcome));
        } else if (!IGNORED.contains(name) && !UNCHECKED.contains(method.getName())) {
            boolean refused = outcome instanceof SQLException e && "08003".equals(e.getSQLState());
            expect(name, "SQLState 08003, not " + outcome, refused);
        }
    }

    private static Object outcome(Object ours, Method method, Object[] arguments) throws IllegalAccessException {
        try {
            Object result = method.invoke(ours, arguments);
            return method.getReturnType() == void.class
                    ? "nothing"
                    : String.valueOf(result).equals("null") ? "null" : result;
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void failureOfTheDriverComesOutAsItIsAndCostsNoConnection(Class<?> type) {
        tryEach(type, (ignored, method, name) -> {
            if (UNCHECKED.contains(method.getName())) {
                return;
            }
            long before = pool.stats().discarded();

            SQLException failure = failWith("23505", type, method, name);

            expect(name, "the connection back", failure == null || pool.stats().discarded() == before);
        });

        assertThat(faults).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("types")
    void fatalFailureInWhateverMayTalkToTheDatabaseCondemnsTheConnection(Class<?> type) {
        tryEach(type, (ignored, method, name) -> {
            if (UNCHECKED.contains(method.getName())) {
                return;
            }
            long before = pool.stats().discarded();
            boolean inMemory = IN_MEMORY.get(type).matcher(method.getName()).matches();

            SQLException failure = failWith(inMemory ? "closing" : "08006", type, method, name);

            expect(
                    name,
                    "the connection replaced",
                    failure == null || pool.stats().discarded() == before + 1);
        });

        assertThat(faults).isEmpty();
    }

    /** Has the driver fail in a method; returns the failure if it was asked at all. */
    private SQLException failWith(String state, Class<?> type, Method method, String name) throws Throwable {
        if (OURS.contains(name) || REFUSED.contains(name) || IGNORED.contains(name)) {
            return null;
        }
        boolean closing = state.equals("closing");
        SQLException failure = Arrays.asList(method.getExceptionTypes()).contains(SQLClientInfoException.class)
                ? new SQLClientInfoException("asked to fail", state, Map.of())
                : new SQLException("asked to fail", closing ? "08006" : state);
        Connection connection = pool.getConnection();
        try {
            Object ours = RecordingDriver.pooled(connection, type);
            driver.answers(method, () -> {
                driver.closed = closing;
                throw failure;
            });

            Object outcome = outcome(ours, method, arguments(method));

            expect(name, "the driver's own failure, not " + outcome, outcome == failure);
        } finally {
            driver.answersAsUsual();
            connection.close();
        }
        return failure;
    }

    @ParameterizedTest
    @ValueSource(classes = {ResultSet.class, CallableStatement.class})
    void rowsThatComeAsAnObjectLeadBackAsWell(Class<?> type) {
        // Cursors of a procedure come so.
        tryEach(type, (ignored, method, name) -> {
            if (!method.getName().equals("getObject")) {
                return;
            }
            try (Connection connection = pool.getConnection()) {
                Object ours = RecordingDriver.pooled(connection, type);
                Object cursor = driver.sample(ResultSet.class, 0);
                driver.answers(method, () -> cursor);
                Object[] arguments = arguments(method);
                if (arguments[arguments.length - 1] instanceof Class) {
                    arguments[arguments.length - 1] = ResultSet.class;
                }

                Object result = method.invoke(ours, arguments);
                driver.answersAsUsual();

                boolean back = !RecordingDriver.isRaw(result)
                        && ((ResultSet) result).getStatement().getConnection() == connection;
                expect(name, "rows that lead back", back);
            } finally {
                driver.answersAsUsual();
            }
        });

        assertThat(faults).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("types")
    void listsOfExceptionsNameMethodsThatThereAre(Class<?> type) {
        Set<String> names = new HashSet<>();
        for (Method method : type.getMethods()) {
            names.add(name(type, method));
        }

        Set<String> listed = new HashSet<>(REFUSED);
        listed.addAll(OURS);
        listed.addAll(IGNORED);
        listed.removeIf(name -> !name.startsWith(type.getSimpleName() + "."));

        assertThat(names).containsAll(listed).hasSizeGreaterThan(50);
    }

    private void tryEach(Class<?> type, Trial trial) {
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers()) || WRAPPER.contains(method.getName())) {
                continue;
            }
            String name = name(type, method);
            try {
                trial.on(type, method, name);
            } catch (InvocationTargetException e) {
                faults.add(name + ": threw " + e.getCause());
            } catch (Throwable e) {
                faults.add(name + ": failed with " + e);
            }
        }
    }

    private void expect(String name, String what, boolean holds) {
        if (!holds) {
            faults.add(name + ": expected " + what);
        }
    }

    private static String name(Class<?> type, Method method) {
        String parameters =
                Stream.of(method.getParameterTypes()).map(Class::getSimpleName).collect(Collectors.joining(","));
        return type.getSimpleName() + "." + method.getName() + "(" + parameters + ")";
    }

    private Object[] arguments(Method method) throws Exception {
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = driver.sample(types[i], i);
        }
        return arguments;
    }
}
