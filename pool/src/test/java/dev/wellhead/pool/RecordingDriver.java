package dev.wellhead.pool;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.RowIdLifetime;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TimeZone;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * A driver without a database, which remembers each call of it and answers with something of the right type, or with
 * what a test wants for one method.
 */
final class RecordingDriver {
    /** One call of the driver. */
    record Call(Object target, Method method, List<Object> arguments) {}

    /** What the driver does instead of giving a sample. */
    @FunctionalInterface
    interface Answer {
        Object give() throws Throwable;
    }

    final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Method special;
    private volatile Answer answer = () -> null;
    volatile boolean closed;

    /** Returns an object of the driver's that implements this interface and all that statements have. */
    private Object raw(Class<?> type) {
        return Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    case "toString" -> "the driver's " + type.getSimpleName();
                    default -> called(proxy, method, arguments == null ? new Object[0] : arguments);
                });
    }

    Connection connect() {
        closed = false;
        return (Connection) raw(Connection.class);
    }

    private Object called(Object target, Method method, Object[] arguments) throws Throwable {
        calls.add(new Call(target, method, List.of(arguments)));
        if (isSame(method, special)) {
            return answer.give();
        }
        if (method.getName().equals("isClosed")) {
            return closed;
        }
        return sample(method.getReturnType(), 0);
    }

    /** Has the driver answer calls of this method so. */
    void answers(Method method, Answer with) {
        special = method;
        answer = with;
    }

    void answersAsUsual() {
        special = null;
    }

    // An interface may declare anew what it inherits.
    static boolean isSame(Method one, Method other) {
        return other != null
                && one.getName().equals(other.getName())
                && List.of(one.getParameterTypes()).equals(List.of(other.getParameterTypes()));
    }

    static boolean isRaw(Object value) {
        return value != null && Proxy.isProxyClass(value.getClass());
    }

    /** Returns a value of this type that no other position has. */
    Object sample(Class<?> type, int position) throws Exception {
        if (type == void.class) {
            return null;
        }
        if (type.isArray()) {
            Object array = Array.newInstance(type.getComponentType(), 1);
            Array.set(array, 0, sample(type.getComponentType(), position));
            return array;
        }
        if (type.isPrimitive()) {
            return primitive(type, position);
        }
        Object value = ordinary(type, position);
        return value != null ? value : raw(type);
    }

    private static Object primitive(Class<?> type, int position) {
        int number = position + 2;
        return switch (type.getName()) {
            case "boolean" -> true;
            case "byte" -> (byte) number;
            case "short" -> (short) number;
            case "int" -> number;
            case "long" -> (long) number;
            case "float" -> number + 0.5f;
            case "double" -> number + 0.5;
            default -> throw new AssertionError(type);
        };
    }

    private static Object ordinary(Class<?> type, int position) throws Exception {
        return switch (type.getSimpleName()) {
            case "String" -> "text " + position;
            case "Object" -> new StringBuilder("object " + position);
            case "Class" -> String.class;
            case "Map" -> Map.of("type " + position, String.class);
            case "Properties" -> new Properties();
            case "Executor" -> (Executor) Runnable::run;
            case "InputStream" -> InputStream.nullInputStream();
            case "Reader" -> Reader.nullReader();
            case "BigDecimal" -> BigDecimal.valueOf(position);
            case "Date" -> new Date(position);
            case "Time" -> new Time(position);
            case "Timestamp" -> new Timestamp(position);
            case "Calendar" -> Calendar.getInstance(TimeZone.getTimeZone("UTC"), Locale.ROOT);
            case "URL" -> new URL("http://localhost/" + position);
            case "SQLType" -> (SQLType) JDBCType.VARCHAR;
            case "SQLWarning" -> new SQLWarning("warning");
            case "RowIdLifetime" -> RowIdLifetime.ROWID_UNSUPPORTED;
            default -> null;
        };
    }

    /** Returns what the pool makes of an object of the driver's of this type. */
    static Object pooled(Connection connection, Class<?> type) throws SQLException {
        if (type == Connection.class) {
            return connection;
        }
        if (type == Statement.class) {
            return connection.createStatement();
        }
        if (type == PreparedStatement.class) {
            return connection.prepareStatement("select 1");
        }
        if (type == CallableStatement.class) {
            return connection.prepareCall("call it");
        }
        if (type == ResultSet.class) {
            return connection.createStatement().executeQuery("select 1");
        }
        if (type == DatabaseMetaData.class) {
            return connection.getMetaData();
        }
        throw new AssertionError(Objects.requireNonNull(type));
    }
}
