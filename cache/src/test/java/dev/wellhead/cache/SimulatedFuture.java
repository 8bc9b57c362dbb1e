package dev.wellhead.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** In place of {@link CompletableFuture}: whoever waits for it lets the simulation go on. */
final class SimulatedFuture<T> extends CompletableFuture<T> implements SimulatedStage<T> {
    SimulatedFuture() {}

    public static <U> SimulatedFuture<U> completedFuture(U value) {
        SimulatedFuture<U> future = new SimulatedFuture<>();
        future.complete(value);
        return future;
    }

    public static <U> SimulatedFuture<U> failedFuture(Throwable error) {
        SimulatedFuture<U> future = new SimulatedFuture<>();
        future.completeExceptionally(error);
        return future;
    }

    static SimulatedFuture<Void> allOf(SimulatedFuture<?>... futures) {
        SimulatedFuture<Void> all = new SimulatedFuture<>();
        CompletableFuture.allOf(futures).whenComplete((none, error) -> {
            if (error == null) {
                all.complete(none);
            } else {
                all.completeExceptionally(error);
            }
        });
        return all;
    }

    @Override
    public <U> SimulatedFuture<U> newIncompleteFuture() {
        return new SimulatedFuture<>();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        Simulation.current().await(this::isDone, Long.MAX_VALUE);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Simulation.current().await(this::isDone, unit.toNanos(timeout));
        if (!isDone()) {
            throw new TimeoutException();
        }
        return super.get();
    }

    @Override
    public T join() {
        Simulation.current().await(this::isDone, Long.MAX_VALUE);
        return super.join();
    }

    @Override
    public <U> SimulatedFuture<U> thenApply(Function<? super T, ? extends U> next) {
        return ours(super.thenApply(next));
    }

    @Override
    public SimulatedFuture<Void> thenAccept(Consumer<? super T> next) {
        return ours(super.thenAccept(next));
    }

    @Override
    public SimulatedFuture<Void> thenRun(Runnable next) {
        return ours(super.thenRun(next));
    }

    @Override
    public <U> SimulatedFuture<U> thenCompose(Function<? super T, ? extends CompletionStage<U>> next) {
        return ours(super.thenCompose(next));
    }

    @Override
    public <U> SimulatedFuture<U> thenComposeAsync(
            Function<? super T, ? extends CompletionStage<U>> next, Executor executor) {
        return ours(super.thenComposeAsync(next, executor));
    }

    @Override
    public <U> SimulatedFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> next) {
        return ours(super.handle(next));
    }

    @Override
    public <U> SimulatedFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> next, Executor executor) {
        return ours(super.handleAsync(next, executor));
    }

    @Override
    public SimulatedFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> next) {
        return ours(super.whenComplete(next));
    }

    @Override
    public SimulatedFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> next, Executor executor) {
        return ours(super.whenCompleteAsync(next, executor));
    }

    @Override
    public SimulatedFuture<T> exceptionally(Function<Throwable, ? extends T> next) {
        return ours(super.exceptionally(next));
    }

    @Override
    public SimulatedFuture<T> toCompletableFuture() {
        return this;
    }

    // As newIncompleteFuture() makes them.
    private static <U> SimulatedFuture<U> ours(CompletableFuture<U> future) {
        return (SimulatedFuture<U>) future;
    }
}
