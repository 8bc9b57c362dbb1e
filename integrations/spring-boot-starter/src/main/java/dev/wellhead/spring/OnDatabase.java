package dev.wellhead.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Matches if there is an address of a database of this kind, and nobody asked for another pool. */
abstract class OnDatabase extends SpringBootCondition implements ConfigurationCondition {
    static final String URL = "spring.datasource.url";
    private static final String TYPE = "spring.datasource.type";
    private static final List<String> OURS =
            List.of("dev.wellhead.pool.WellheadDataSource", "dev.wellhead.pool.ConnectionPool");
    // Of Boot 4, of Boot 3, and ours.
    private static final List<String> DETAILS = List.of(
            "org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails",
            "org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails",
            "dev.wellhead.spring.DatabaseAddress");

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Wellhead database");
        String type = property(context, TYPE);
        if (type != null && !OURS.contains(type)) {
            return ConditionOutcome.noMatch(message.because(TYPE + " asks for " + type));
        }
        String bean = details(context);
        if (bean != null) {
            return outcome(message, "bean " + bean, matches(""));
        }
        String url = property(context, URL);
        return url == null
                ? ConditionOutcome.noMatch(message.because("there is no " + URL + " and no service connection"))
                : outcome(message, URL, matches(url));
    }

    /** @param url what the property says; empty if a bean says where the database is */
    abstract boolean matches(String url);

    private static ConditionOutcome outcome(ConditionMessage.Builder message, String by, boolean matches) {
        return new ConditionOutcome(matches, message.because("the database is told by " + by));
    }

    private static @Nullable String details(ConditionContext context) {
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        ClassLoader loader = context.getClassLoader();
        if (beans == null) {
            return null;
        }
        for (String name : DETAILS) {
            if (ClassUtils.isPresent(name, loader)) {
                String[] found = beans.getBeanNamesForType(ClassUtils.resolveClassName(name, loader), true, false);
                if (found.length > 0) {
                    return found[0];
                }
            }
        }
        return null;
    }

    private static @Nullable String property(ConditionContext context, String name) {
        Environment environment = context.getEnvironment();
        String value = environment.getProperty(name);
        return StringUtils.hasText(value) ? value : null;
    }

    /** An address of any kind. */
    static final class Any extends OnDatabase {
        @Override
        boolean matches(String url) {
            return true;
        }
    }

    /** An SQLite file, or one in memory. */
    static final class Sqlite extends OnDatabase {
        @Override
        boolean matches(String url) {
            return url.startsWith(SqliteUrl.PREFIX);
        }
    }

    /** Anything but SQLite. */
    static final class Server extends OnDatabase {
        @Override
        boolean matches(String url) {
            return !url.startsWith(SqliteUrl.PREFIX);
        }
    }
}
