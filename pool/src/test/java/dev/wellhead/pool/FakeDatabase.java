package dev.wellhead.pool;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A database in memory with a driver that can be made to fail as no real one can at will: to hang while it connects, to
 * fail in any method, to throw what a driver should not. Knows of transactions and session properties only whether they
 * were left behind. Thread-safe.
 */
final class FakeDatabase {
    /** What the driver does in a method before it does its work. */
    @FunctionalInterface
    interface Fault {
        void strike() throws Throwable;
    }

    private static final Map<String, Object> FRESH = fresh();

    final AtomicInteger connects = new AtomicInteger();
    final AtomicInteger connecting = new AtomicInteger();
    final AtomicInteger mostConnecting = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    final List<Session> sessions = new CopyOnWriteArrayList<>();
    final AtomicReference<Fault> onConnect = new AtomicReference<>(() -> {});
    /** Runs on the caller's thread before the driver does anything at all. */
    final AtomicReference<Runnable> beforeEachCall = new AtomicReference<>(() -> {});
    /** Strikes in the method of this name on every connection. */
    final Map<String, Fault> faults = new ConcurrentHashMap<>();

    private static Map<String, Object> fresh() {
        Map<String, Object> state = new HashMap<>();
        state.put("AutoCommit", true);
        state.put("ReadOnly", false);
        state.put("TransactionIsolation", Connection.TRANSACTION_READ_COMMITTED);
        state.put("Catalog", "main");
        state.put("Schema", "public");
        state.put("Holdability", 1);
        state.put("NetworkTimeout", 0);
        state.put("TypeMap", Map.of());
        state.put("ClientInfo", new Properties());
        return state;
    }

    Connection connect() throws SQLException {
        connects.incrementAndGet();
        mostConnecting.accumulateAndGet(connecting.incrementAndGet(), Math::max);
        try {
            beforeEachCall.get().run();
            onConnect.get().strike();
        } catch (SQLException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            connecting.decrementAndGet();
        }
        Session session = new Session();
        sessions.add(session);
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        return session.connection;
    }

    static Session session(Connection pooled) throws SQLException {
        // Not by unwrap, which marks the loan.
        return session(((PooledConnection) pooled).slot());
    }

    static Session session(Slot slot) {
        return ((Handler) Proxy.getInvocationHandler(slot.physical().raw())).session;
    }

    static Fault failing(String sqlState) {
        return () -> {
            throw new SQLException("asked to fail", sqlState);
        };
    }

    /** Marks the driver's type, for unwrap. */
    interface FakeConnection extends Connection {}

    private record Handler(Session session) implements InvocationHandler {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            return session.invoke(proxy, method.getName(), arguments);
        }
    }

    /** One connection as the server sees it. */
    final class Session {
        final Connection connection = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {FakeConnection.class}, new Handler(this));
        final Map<String, Object> state = new ConcurrentHashMap<>(FRESH);
        final AtomicInteger openStatements = new AtomicInteger();
        final AtomicInteger rollbacks = new AtomicInteger();
        final AtomicInteger commits = new AtomicInteger();
        final AtomicInteger validations = new AtomicInteger();
        volatile boolean inTransaction;
        volatile boolean dead;
        /** What the server has ended the session with: a SQLState that statements fail with, null while it lives. */
        volatile String killedWith;

        volatile boolean closed;

        boolean isPristine() {
            return state.equals(FRESH) && !inTransaction && openStatements.get() == 0;
        }

        /** The server ends the session; the driver learns of it when it is next used. */
        void kill(String sqlState) {
            dead = true;
            killedWith = sqlState;
        }

        private void failIfKilled(String sqlState) throws SQLException {
            if (killedWith != null) {
                throw new SQLException("the server has ended this session", sqlState);
            }
        }

        private Object invoke(Object proxy, String method, Object[] arguments) throws Throwable {
            if (!method.equals("hashCode") && !method.equals("equals")) {
                beforeEachCall.get().run();
            }
            Fault fault = faults.get(method);
            if (fault != null) {
                fault.strike();
            }
            if (closed
                    && !List.of("close", "isClosed", "hashCode", "equals", "abort")
                            .contains(method)) {
                throw new SQLException("this connection is closed", "08003");
            }
            switch (method) {
                case "close", "abort" -> close();
                case "isClosed" -> {
                    return closed;
                }
                case "isValid" -> {
                    validations.incrementAndGet();
                    return !dead;
                }
                case "commit" -> {
                    failIfKilled("08006");
                    commits.incrementAndGet();
                    inTransaction = false;
                }
                case "rollback" -> {
                    failIfKilled("08006");
                    rollbacks.incrementAndGet();
                    inTransaction = false;
                }
                case "createStatement", "prepareStatement", "prepareCall" -> {
                    openStatements.incrementAndGet();
                    return statement();
                }
                case "getMetaData" -> {
                    return Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {DatabaseMetaData.class},
                            (self, called, given) -> "Fake");
                }
                case "getWarnings", "clearWarnings" -> {}
                case "setAutoCommit" -> {
                    if (Boolean.TRUE.equals(arguments[0]) && inTransaction) {
                        // As JDBC has it: switching it on commits.
                        commits.incrementAndGet();
                        inTransaction = false;
                    }
                    state.put("AutoCommit", arguments[0]);
                }
                case "hashCode" -> {
                    return System.identityHashCode(proxy);
                }
                case "equals" -> {
                    return proxy == arguments[0];
                }
                default -> {
                    return property(method, arguments);
                }
            }
            return null;
        }

        private Object property(String method, Object[] arguments) {
            if (method.startsWith("set")) {
                state.put(method.substring(3), arguments[arguments.length - 1]);
                return null;
            }
            return state.get(method.substring(method.startsWith("is") ? 2 : 3));
        }

        private Statement statement() {
            AtomicInteger closes = new AtomicInteger();
            return (Statement) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {java.sql.CallableStatement.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "equals" -> proxy == arguments[0];
                        case "close" -> {
                            beforeEachCall.get().run();
                            Fault fault = faults.get("close of a statement");
                            if (fault != null) {
                                fault.strike();
                            }
                            if (closes.getAndIncrement() == 0) {
                                openStatements.decrementAndGet();
                            }
                            yield null;
                        }
                        case "cancel" -> {
                            beforeEachCall.get().run();
                            yield null;
                        }
                        case "execute" -> {
                            beforeEachCall.get().run();
                            Fault fault = faults.get("execute");
                            if (fault != null) {
                                fault.strike();
                            }
                            failIfKilled(killedWith);
                            String sql = arguments == null ? "" : (String) arguments[0];
                            inTransaction |= !(Boolean) state.get("AutoCommit") || sql.startsWith("begin");
                            yield false;
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
        }

        private void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }
}
