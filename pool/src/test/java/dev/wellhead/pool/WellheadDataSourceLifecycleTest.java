package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wellhead.core.MetricSink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/** When the bean builds its pool, who waits for that, and what closing it means. */
class WellheadDataSourceLifecycleTest {
    @Test
    void firstUseByManyThreadsBuildsOnePool() throws Exception {
        int callers = 16;
        for (int round = 0; round < 50; round++) {
            try (WellheadDataSource source = WellheadDataSourceTest.nowhere()) {
                CyclicBarrier together = new CyclicBarrier(callers);
                List<Caller<ConnectionPool>> calls = new ArrayList<>();
                for (int i = 0; i < callers; i++) {
                    calls.add(Caller.start(() -> {
                        together.await();
                        return source.pool();
                    }));
                }

                Set<ConnectionPool> pools = new HashSet<>();
                for (Caller<ConnectionPool> call : calls) {
                    pools.add(call.result());
                }

                assertThat(pools).hasSize(1);
            }
        }
    }

    @Test
    void othersWaitForWhoeverBuildsAndSettersDoNot() throws Exception {
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (WellheadDataSource source = WellheadDataSourceTest.nowhere()) {
            source.setMetrics(holding(building, goOn));
            Caller<ConnectionPool> first = Caller.start(source::pool);
            building.await();
            Caller<ConnectionPool> second = Caller.start(source::pool);
            await().until(() -> isParked(second.thread()));

            assertThatThrownBy(() -> source.setMaxSize(3)).isInstanceOf(IllegalStateException.class);
            assertThat(second.isDone()).isFalse();
            goOn.countDown();

            assertThat(second.result()).isSameAs(first.result());
        }
    }

    @Test
    void closeWhileThePoolIsBuiltClosesIt() throws Exception {
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        WellheadDataSource source = WellheadDataSourceTest.nowhere();
        source.setMetrics(holding(building, goOn));
        Caller<ConnectionPool> first = Caller.start(source::pool);
        building.await();
        Caller<Boolean> closer = Caller.start(() -> {
            source.close();
            return true;
        });
        await().until(source::isClosed);

        goOn.countDown();

        assertThat(closer.result()).isTrue();
        assertThatThrownBy(first.result()::getConnection).isInstanceOf(ConnectionClosedException.class);
    }

    @Test
    void closedBeforeItsFirstUseItNeverOpensAnything() {
        WellheadDataSource source = WellheadDataSourceTest.nowhere();

        source.close();
        source.close();

        assertThat(source.isClosed()).isTrue();
        assertThatThrownBy(source::getConnection)
                .isInstanceOf(ConnectionClosedException.class)
                .hasMessageContaining("closed before its pool was built");
        assertThatThrownBy(() -> source.setMaxSize(2)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeClosesThePoolAndMayBeRepeated() throws Exception {
        WellheadDataSource source = WellheadDataSourceTest.nowhere();
        ConnectionPool pool = source.pool();
        assertThat(source.isClosed()).isFalse();

        source.close();
        source.close();

        assertThatThrownBy(pool::getConnection).isInstanceOf(ConnectionClosedException.class);
        assertThatThrownBy(source::getConnection).isInstanceOf(ConnectionClosedException.class);
        assertThat(source.pool()).isSameAs(pool);
    }

    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.WAITING;
    }

    /** A sink that holds up whoever builds a pool with it. */
    private static MetricSink holding(CountDownLatch building, CountDownLatch goOn) {
        return new GaugeSink(() -> {
            building.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
