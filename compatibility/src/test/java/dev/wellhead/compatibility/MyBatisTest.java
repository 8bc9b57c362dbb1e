package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.compatibility.WatchedDriver.Left;
import java.sql.Connection;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.annotations.Update;
import org.apache.ibatis.cursor.Cursor;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.ExecutorType;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.session.TransactionIsolationLevel;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.junit.jupiter.api.Test;

class MyBatisTest extends ClientContract {
    private final SqlSessionFactory sessions = factory(pooled.pool);

    /** A row with the key that comes back. */
    public static final class Item {
        private Long id;
        private final String name;
        private final int amount;

        Item(String name, int amount) {
            this.name = name;
            this.amount = amount;
        }

        public Long getId() {
            return id;
        }

        public void setId(Long id) {
            this.id = id;
        }

        public String getName() {
            return name;
        }

        public int getAmount() {
            return amount;
        }
    }

    /** The statements. */
    public interface ItemMapper {
        @Insert("insert into item (name, amount) values (#{name}, #{amount})")
        @Options(useGeneratedKeys = true, keyProperty = "id", keyColumn = "id")
        int insert(Item item);

        @Select("select amount from item where name = #{name}")
        Integer amountOf(String name);

        @Update("update item set amount = amount + #{param2} where name = #{param1}")
        int add(String name, int amount);

        @Delete("delete from item where name = #{name}")
        int delete(String name);

        @Select("show transaction_isolation")
        String isolation();

        @Select("select generate_series(1, 1000)")
        @Options(fetchSize = 10)
        Cursor<Integer> numbers();
    }

    private record MappedItems(ItemMapper mapper) implements Items {
        @Override
        public long insert(String name, int amount) {
            Item item = new Item(name, amount);
            mapper.insert(item);
            return item.getId();
        }

        @Override
        public Optional<Integer> amountOf(String name) {
            return Optional.ofNullable(mapper.amountOf(name));
        }

        @Override
        public int add(String name, int amount) {
            return mapper.add(name, amount);
        }

        @Override
        public int delete(String name) {
            return mapper.delete(name);
        }
    }

    private static SqlSessionFactory factory(DataSource source) {
        Configuration configuration = new Configuration(new Environment("test", new JdbcTransactionFactory(), source));
        configuration.addMapper(ItemMapper.class);
        return new SqlSessionFactoryBuilder().build(configuration);
    }

    @Override
    <T> T inTransaction(Function<Items, T> work) {
        // Its close() rolls back what was not committed.
        try (SqlSession session = sessions.openSession()) {
            T result = work.apply(new MappedItems(session.getMapper(ItemMapper.class)));
            session.commit();
            return result;
        }
    }

    @Test
    void isolationThatMyBatisNeverTakesBackEndsWithTheLoan() {
        String inside;
        try (SqlSession session = sessions.openSession(TransactionIsolationLevel.SERIALIZABLE)) {
            inside = session.getMapper(ItemMapper.class).isolation();
        }

        String after;
        try (SqlSession session = sessions.openSession()) {
            after = session.getMapper(ItemMapper.class).isolation();
        }

        assertThat(inside).isEqualTo("serializable");
        assertThat(after).isEqualTo("read committed");
        assertThat(pooled.pool.stats().created()).isEqualTo(1);
    }

    @Test
    void myBatisByItselfClosesASerializableConnection() {
        try (SqlSession session = factory(pooled.driver).openSession(TransactionIsolationLevel.SERIALIZABLE)) {
            session.getMapper(ItemMapper.class).isolation();
        }

        assertThat(pooled.driver.left()).containsExactly(new Left(true, Connection.TRANSACTION_SERIALIZABLE));
        inTransaction(items -> items.insert("pencil", 1));
    }

    @Test
    void sessionThatIsClosedWithoutCommitLeavesNothing() {
        try (SqlSession session = sessions.openSession()) {
            session.getMapper(ItemMapper.class).insert(new Item("pencil", 1));
        }

        assertThat(rows()).isNull();
    }

    @Test
    void autoCommitSessionKeepsWhatItDid() {
        try (SqlSession session = sessions.openSession(true)) {
            session.getMapper(ItemMapper.class).insert(new Item("pencil", 1));
        }

        assertThat(rows()).isEqualTo("pencil 1");
    }

    @Test
    void batchInsertsEveryRowWhenItIsFlushed() {
        try (SqlSession session = sessions.openSession(ExecutorType.BATCH)) {
            ItemMapper mapper = session.getMapper(ItemMapper.class);
            mapper.insert(new Item("a", 1));
            mapper.insert(new Item("b", 2));
            session.flushStatements();
            session.commit();
        }

        assertThat(rows()).isEqualTo("a 1, b 2");
    }

    @Test
    void cursorReadHalfwayIsLetGoWithTheSession() {
        int first;
        try (SqlSession session = sessions.openSession()) {
            Iterator<Integer> numbers =
                    session.getMapper(ItemMapper.class).numbers().iterator();
            first = numbers.next();
        }

        assertThat(first).isEqualTo(1);
    }
}
