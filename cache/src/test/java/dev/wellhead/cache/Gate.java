package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A place where a loader stands until it is let go. */
final class Gate {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Returns the value, but only once the gate is open. */
    <T> T pass(T value) throws InterruptedException {
        reached.countDown();
        assertThat(opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return value;
    }

    void awaitReached() throws InterruptedException {
        assertThat(reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    void open() {
        opened.countDown();
    }
}
