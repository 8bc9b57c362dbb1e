package dev.wellhead.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that call a cache at once. */
final class Callers implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    <T> Future<T> start(Callable<T> call) {
        return threads.submit(call);
    }

    <T> List<Future<T>> start(int count, Callable<T> call) {
        List<Future<T>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(start(call));
        }
        return calls;
    }

    static <T> T result(Future<T> call) throws Exception {
        return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    static <T> List<T> results(List<Future<T>> calls) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> call : calls) {
            results.add(result(call));
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
