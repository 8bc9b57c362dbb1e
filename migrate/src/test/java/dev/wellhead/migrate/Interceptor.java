package dev.wellhead.migrate;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Stands between a migrator and its driver, at every call of every object that the driver hands out. */
final class Interceptor {
    private static final List<Class<?>> TYPES = List.of(
            DataSource.class,
            Connection.class,
            PreparedStatement.class,
            Statement.class,
            ResultSet.class,
            DatabaseMetaData.class);

    /** What happens around a call. */
    interface Around {
        default void before(Object target, String method, Object[] arguments) throws Exception {}

        default void after(Object target, String method, Object[] arguments, @Nullable Object result)
                throws Exception {}
    }

    private final Around around;

    private Interceptor(Around around) {
        this.around = around;
    }

    static DataSource around(DataSource dataSource, Around around) {
        return (DataSource) new Interceptor(around).wrapped(dataSource, DataSource.class);
    }

    private Object wrapped(Object target, Class<?> type) {
        return Proxy.newProxyInstance(
                Interceptor.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(target, method, arguments == null ? new Object[0] : arguments));
    }

    private Object call(Object target, Method method, Object[] arguments) throws Throwable {
        around.before(target, method.getName(), arguments);
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        around.after(target, method.getName(), arguments, result);
        for (Class<?> type : TYPES) {
            if (type.isInstance(result) && !method.getName().equals("unwrap")) {
                return wrapped(result, type);
            }
        }
        return result;
    }
}
