package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.Table;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.ScrollMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.junit.jupiter.api.Test;
import org.postgresql.core.BaseConnection;

class HibernateTest extends ClientContract {
    private final SessionFactory sessions = factory(Map.of());

    /** A row. */
    @Entity
    @Table(name = "item")
    public static class Item {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        private Long id;

        @Column(nullable = false, unique = true)
        private String name;

        @Column(nullable = false)
        private int amount;

        /** For Hibernate. */
        protected Item() {}

        Item(String name, int amount) {
            this.name = name;
            this.amount = amount;
        }
    }

    private record SessionItems(Session session) implements Items {
        @Override
        public long insert(String name, int amount) {
            Item item = new Item(name, amount);
            session.persist(item);
            session.flush();
            return item.id;
        }

        @Override
        public Optional<Integer> amountOf(String name) {
            return named(name).map(item -> item.amount);
        }

        @Override
        public int add(String name, int amount) {
            return session.createMutationQuery(
                            "update HibernateTest$Item set amount = amount + :more where name = :name")
                    .setParameter("more", amount)
                    .setParameter("name", name)
                    .executeUpdate();
        }

        @Override
        public int delete(String name) {
            Optional<Item> found = named(name);
            found.ifPresent(session::remove);
            return found.isPresent() ? 1 : 0;
        }

        private Optional<Item> named(String name) {
            return session.createSelectionQuery("from HibernateTest$Item where name = :name", Item.class)
                    .setParameter("name", name)
                    .uniqueResultOptional();
        }
    }

    private SessionFactory factory(Map<String, Object> settings) {
        return new MetadataSources(new StandardServiceRegistryBuilder()
                        .applySetting("hibernate.connection.datasource", pooled.pool)
                        .applySetting("hibernate.jdbc.batch_size", 10)
                        .applySettings(settings)
                        .build())
                .addAnnotatedClass(Item.class)
                .buildMetadata()
                .buildSessionFactory();
    }

    @Override
    void closeClient() {
        sessions.close();
    }

    @Override
    <T> T inTransaction(Function<Items, T> work) {
        return sessions.fromTransaction(session -> work.apply(new SessionItems(session)));
    }

    @Test
    void changedEntityIsWrittenAtCommit() {
        long id = inTransaction(items -> items.insert("pencil", 1));

        sessions.inTransaction(session -> session.find(Item.class, id, LockModeType.PESSIMISTIC_WRITE).amount = 7);

        assertThat(rows()).isEqualTo("pencil 7");
    }

    @Test
    void sessionWithoutTransactionReadsAndLetsGo() {
        inTransaction(items -> items.insert("pencil", 1));

        Optional<Integer> amount = sessions.fromSession(session -> new SessionItems(session).amountOf("pencil"));

        assertThat(amount).contains(1);
    }

    @Test
    void sessionThatIsClosedWithItsTransactionOpenLeavesNothing() {
        try (Session session = sessions.openSession()) {
            session.beginTransaction();
            new SessionItems(session).insert("pencil", 1);
        }

        assertThat(rows()).isNull();
    }

    @Test
    void readOnlySessionWritesNothing() {
        inTransaction(items -> items.insert("pencil", 1));

        try (Session session = sessions.withOptions().readOnly(true).openSession()) {
            session.beginTransaction();
            session.createSelectionQuery("from HibernateTest$Item", Item.class).getSingleResult().amount = 9;
            session.getTransaction().commit();
        }

        assertThat(rows()).isEqualTo("pencil 1");
    }

    @Test
    void scrollReadHalfwayIsLetGoWithTheSession() {
        sessions.inTransaction(session -> {
            new SessionItems(session).insert("a", 1);
            new SessionItems(session).insert("b", 2);
        });

        String first = sessions.fromTransaction(session -> {
            var rows = session.createSelectionQuery("select name from HibernateTest$Item order by name", String.class)
                    .setFetchSize(1)
                    .scroll(ScrollMode.FORWARD_ONLY);
            rows.next();
            return rows.get();
        });

        assertThat(first).isEqualTo("a");
    }

    @Test
    void rowsAreCopiedThroughTheDriversOwnConnection() {
        long copied = sessions.fromTransaction(session -> session.doReturningWork(connection -> {
            try {
                return connection
                        .unwrap(BaseConnection.class)
                        .getCopyAPI()
                        .copyIn("copy item (name, amount) from stdin (format csv)", new StringReader("a,1\nb,2\n"));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }));

        assertThat(copied).isEqualTo(2);
        assertThat(rows()).isEqualTo("a 1, b 2");
    }

    @Test
    void isolationIsThatOfTheSessionAndOfNoOther() {
        String sql = "show transaction_isolation";
        String inside = sessions.fromTransaction(session -> {
            session.doWork(connection -> connection.setTransactionIsolation(8));
            return session.createNativeQuery(sql, String.class).getSingleResult();
        });

        List<String> after = sessions.fromTransaction(
                session -> session.createNativeQuery(sql, String.class).getResultList());

        assertThat(inside).isEqualTo("serializable");
        assertThat(after).containsExactly("read committed");
    }

    @Test
    void statelessSessionInsertsInBatches() {
        sessions.inStatelessTransaction(session -> session.insertMultiple(List.of(new Item("a", 1), new Item("b", 2))));

        assertThat(rows()).isEqualTo("a 1, b 2");
    }

    @Test
    void schemaIsUpdatedAndValidated() {
        pooled.database.execute("drop table item");

        factory(Map.of("hibernate.hbm2ddl.auto", "update")).close();
        Throwable valid = catchThrowable(
                () -> factory(Map.of("hibernate.hbm2ddl.auto", "validate")).close());
        inTransaction(items -> items.insert("pencil", 1));

        assertThat(valid).isNull();
        assertThat(rows()).isEqualTo("pencil 1");
    }
}
