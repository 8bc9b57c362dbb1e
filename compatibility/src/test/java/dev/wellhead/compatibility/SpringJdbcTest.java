package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.wellhead.pool.WellheadDataSource;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

class SpringJdbcTest extends ClientContract {
    private final JdbcTemplate jdbc = new JdbcTemplate(pooled.pool);
    private final DataSourceTransactionManager manager = new DataSourceTransactionManager(pooled.pool);
    private final Items items = new TemplateItems(jdbc);

    private record TemplateItems(JdbcTemplate jdbc) implements Items {
        @Override
        public long insert(String name, int amount) {
            GeneratedKeyHolder key = new GeneratedKeyHolder();
            jdbc.update(
                    connection -> {
                        var statement = connection.prepareStatement(
                                "insert into item (name, amount) values (?, ?)", new String[] {"id"});
                        statement.setString(1, name);
                        statement.setInt(2, amount);
                        return statement;
                    },
                    key);
            return key.getKey().longValue();
        }

        @Override
        public Optional<Integer> amountOf(String name) {
            return jdbc.queryForList("select amount from item where name = ?", Integer.class, name).stream()
                    .findFirst();
        }

        @Override
        public int add(String name, int amount) {
            return jdbc.update("update item set amount = amount + ? where name = ?", amount, name);
        }

        @Override
        public int delete(String name) {
            return jdbc.update("delete from item where name = ?", name);
        }
    }

    @Override
    <T> T inTransaction(Function<Items, T> work) {
        return new TransactionTemplate(manager).execute(status -> work.apply(items));
    }

    @Test
    void withoutTransactionEachStatementIsItsOwn() {
        items.insert("pencil", 1);
        Throwable seen = catchThrowable(() -> items.insert("pencil", 2));

        assertThat(sqlState(seen)).isEqualTo("23505");
        assertThat(rows()).isEqualTo("pencil 1");
    }

    @Test
    void nestedTransactionIsUndoneAlone() {
        TransactionTemplate nested = new TransactionTemplate(manager);
        nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);

        inTransaction(outer -> {
            outer.insert("pencil", 1);
            nested.executeWithoutResult(status -> {
                items.insert("paper", 1);
                status.setRollbackOnly();
            });
            nested.executeWithoutResult(status -> items.insert("ink", 1));
            Throwable refused = catchThrowable(() -> nested.executeWithoutResult(status -> items.insert("pencil", 2)));
            assertThat(sqlState(refused)).isEqualTo("23505");
            return outer.insert("rubber", 1);
        });

        assertThat(rows()).isEqualTo("ink 1, pencil 1, rubber 1");
        assertThat(pooled.pool.stats().created()).isEqualTo(1);
    }

    @Test
    void transactionOfItsOwnInsideAnotherHasAConnectionOfItsOwn() {
        TransactionTemplate apart = new TransactionTemplate(manager);
        apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

        Throwable seen = catchThrowable(() -> inTransaction(outer -> {
            outer.insert("pencil", 1);
            apart.executeWithoutResult(status -> items.insert("paper", 1));
            throw new IllegalStateException("outer fails");
        }));

        assertThat(seen).hasMessage("outer fails");
        assertThat(rows()).isEqualTo("paper 1");
        assertThat(pooled.pool.stats().created()).isEqualTo(2);
    }

    @Test
    void readOnlyTransactionWritesNothingAndTheNextOneMayWrite() {
        TransactionTemplate readOnly = new TransactionTemplate(manager);
        readOnly.setReadOnly(true);

        String mode = readOnly.execute(status -> jdbc.queryForObject("show transaction_read_only", String.class));
        Throwable seen = catchThrowable(() -> readOnly.execute(status -> items.insert("pencil", 1)));
        inTransaction(any -> any.insert("paper", 1));

        assertThat(mode).isEqualTo("on");
        assertThat(sqlState(seen)).isEqualTo("25006");
        assertThat(rows()).isEqualTo("paper 1");
    }

    @Test
    void isolationIsThatOfTheTransactionAndOfNoOther() {
        TransactionTemplate serializable = new TransactionTemplate(manager);
        serializable.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
        String sql = "show transaction_isolation";

        String inside = serializable.execute(status -> jdbc.queryForObject(sql, String.class));
        String after = inTransaction(any -> jdbc.queryForObject(sql, String.class));

        assertThat(inside).isEqualTo("serializable");
        assertThat(after).isEqualTo("read committed");
    }

    @Test
    void batchInsertsEveryRow() {
        int[] counts = inTransaction(any -> jdbc.batchUpdate(
                "insert into item (name, amount) values (?, ?)",
                List.of(new Object[] {"a", 1}, new Object[] {"b", 2}, new Object[] {"c", 3})));

        assertThat(counts).containsExactly(1, 1, 1);
        assertThat(rows()).isEqualTo("a 1, b 2, c 3");
    }

    @Test
    void queryTimeoutEndsTheQueryAndKeepsTheConnection() {
        JdbcTemplate impatient = new JdbcTemplate(pooled.pool);
        impatient.setQueryTimeout(1);

        assertThatThrownBy(() -> impatient.queryForList("select pg_sleep(60)"))
                .isInstanceOf(QueryTimeoutException.class);

        assertThat(pooled.database.queryOne("select count(*) from pg_stat_activity where query like 'select pg_sleep%'"
                        + " and state = 'active'"))
                .isEqualTo("0");
        assertThat(pooled.pool.stats().discarded()).isZero();
    }

    @Test
    void rowsReadHalfwayAreLetGo() {
        jdbc.setFetchSize(10);

        Throwable seen = catchThrowable(() -> inTransaction(any -> {
            jdbc.query("select generate_series(1, 1000)", (RowCallbackHandler) row -> {
                if (row.getInt(1) == 50) {
                    throw new IllegalStateException("seen enough");
                }
            });
            return null;
        }));

        assertThat(seen).hasMessage("seen enough");
    }

    @Test
    void statementsConnectionIsTheOneThatWasBorrowed() {
        Boolean same = jdbc.execute((ConnectionCallback<Boolean>) connection -> {
            // JdbcTemplate hands out a proxy; what is below it must be the pool's.
            Connection borrowed = pooled.pool.getConnection();
            try (borrowed;
                    var statement = borrowed.prepareStatement("select 1");
                    var rows = statement.executeQuery()) {
                return statement.getConnection() == borrowed
                        && rows.getStatement().getConnection() == borrowed
                        && borrowed.getMetaData().getConnection() == borrowed;
            }
        });
        String user = jdbc.execute("select 1", (PreparedStatementCallback<String>)
                statement -> statement.getConnection().getMetaData().getUserName());

        assertThat(same).isTrue();
        assertThat(user).isEqualTo(pooled.database.user());
    }

    @Test
    void healthCheckOfBootFindsTheDatabaseWell() {
        String product = jdbc.execute((ConnectionCallback<String>)
                connection -> connection.getMetaData().getDatabaseProductName());
        Boolean valid = jdbc.execute((ConnectionCallback<Boolean>) connection -> connection.isValid(0));

        assertThat(product).isEqualTo("PostgreSQL");
        assertThat(valid).isTrue();
    }

    @Test
    void beanIsBoundByItsPropertiesWithSpringsConversions() throws Exception {
        WellheadDataSource bean = BeanUtils.instantiateClass(WellheadDataSource.class);
        PropertyAccessorFactory.forBeanPropertyAccess(bean)
                .setPropertyValues(Map.of(
                        "url", pooled.database.url() + "?wellhead.acquireTimeout=2s",
                        "username", pooled.database.user(),
                        "password", pooled.database.password(),
                        "driverClassName", "org.postgresql.Driver",
                        "maximumPoolSize", "3",
                        "minimumIdle", "0",
                        "maxLifetime", "600000",
                        "dataSourceProperties", "ApplicationName=bound"));

        try (bean) {
            JdbcTemplate bound = new JdbcTemplate(bean);
            assertThat(bound.queryForObject("show application_name", String.class))
                    .isEqualTo("bound");
            assertThat(bean.pool().stats().maxSize()).isEqualTo(3);
            assertThat(bean.getLoginTimeout()).isEqualTo(2);
        }
        inTransaction(any -> any.insert("pencil", 1));
    }
}
