package dev.wellhead.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.Optional;
import java.util.function.Function;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

class JooqTest extends ClientContract {
    private static final Table<Record> ITEM = table(name("item"));
    private static final Field<Long> ID = field(name("id"), Long.class);
    private static final Field<String> NAME = field(name("name"), String.class);
    private static final Field<Integer> AMOUNT = field(name("amount"), Integer.class);

    private final DSLContext jooq = DSL.using(pooled.pool, SQLDialect.POSTGRES);

    private record JooqItems(DSLContext jooq) implements Items {
        @Override
        public long insert(String name, int amount) {
            return jooq.insertInto(ITEM, NAME, AMOUNT)
                    .values(name, amount)
                    .returningResult(ID)
                    .fetchSingle()
                    .value1();
        }

        @Override
        public Optional<Integer> amountOf(String name) {
            return jooq.select(AMOUNT).from(ITEM).where(NAME.eq(name)).fetchOptional(AMOUNT);
        }

        @Override
        public int add(String name, int amount) {
            return jooq.update(ITEM)
                    .set(AMOUNT, AMOUNT.plus(amount))
                    .where(NAME.eq(name))
                    .execute();
        }

        @Override
        public int delete(String name) {
            return jooq.deleteFrom(ITEM).where(NAME.eq(name)).execute();
        }
    }

    @Override
    <T> T inTransaction(Function<Items, T> work) {
        return jooq.transactionResult(within -> work.apply(new JooqItems(DSL.using(within))));
    }

    @Test
    void nestedTransactionIsUndoneAlone() {
        jooq.transaction(outer -> {
            new JooqItems(outer.dsl()).insert("pencil", 1);
            Throwable refused = catchThrowable(() -> outer.dsl().transaction(inner -> {
                new JooqItems(inner.dsl()).insert("paper", 1);
                new JooqItems(inner.dsl()).insert("pencil", 2);
            }));
            assertThat(sqlState(refused)).isEqualTo("23505");
            outer.dsl().transaction(inner -> new JooqItems(inner.dsl()).insert("ink", 1));
        });

        assertThat(rows()).isEqualTo("ink 1, pencil 1");
        assertThat(pooled.pool.stats().created()).isEqualTo(1);
    }

    @Test
    void withoutTransactionEachStatementBorrowsAndReturns() {
        JooqItems items = new JooqItems(jooq);

        items.insert("pencil", 1);
        items.add("pencil", 1);

        assertThat(items.amountOf("pencil")).contains(2);
        assertThat(pooled.pool.stats().acquired()).isEqualTo(3);
    }

    @Test
    void batchesOfPreparedAndOfPlainStatementsRun() {
        int[] prepared = jooq.batch(jooq.insertInto(ITEM, NAME, AMOUNT).values("", 0))
                .bind("a", 1)
                .bind("b", 2)
                .execute();
        int[] plain = jooq.batch("update item set amount = 10 where name = 'a'", "delete from item where name = 'b'")
                .execute();

        assertThat(prepared).containsExactly(1, 1);
        assertThat(plain).containsExactly(1, 1);
        assertThat(rows()).isEqualTo("a 10");
    }

    @Test
    void cursorReadHalfwayHoldsAConnectionUntilItIsClosed() {
        try (Cursor<Record1<Integer>> cursor = jooq.select(field("generate_series(1, 1000)", Integer.class))
                .fetchSize(10)
                .fetchLazy()) {
            assertThat(cursor.fetchNext().value1()).isEqualTo(1);
            assertThat(pooled.pool.stats().active()).isEqualTo(1);
        }

        assertThat(pooled.pool.stats().active()).isZero();
    }

    @Test
    void catalogueIsReadThroughTheMetadata() {
        assertThat(jooq.meta().getTables("item"))
                .hasSize(1)
                .first()
                .satisfies(found ->
                        assertThat(found.fields()).extracting(Field::getName).containsExactly("id", "name", "amount"));
    }
}
