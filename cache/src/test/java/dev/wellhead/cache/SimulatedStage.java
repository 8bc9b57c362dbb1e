package dev.wellhead.cache;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** In place of {@link CompletionStage}: what of it the cache uses. */
interface SimulatedStage<T> extends CompletionStage<T> {
    @Override
    <U> SimulatedStage<U> thenApply(Function<? super T, ? extends U> next);

    @Override
    SimulatedStage<Void> thenAccept(Consumer<? super T> next);

    @Override
    SimulatedStage<Void> thenRun(Runnable next);

    @Override
    <U> SimulatedStage<U> thenCompose(Function<? super T, ? extends CompletionStage<U>> next);

    @Override
    <U> SimulatedStage<U> thenComposeAsync(Function<? super T, ? extends CompletionStage<U>> next, Executor executor);

    @Override
    <U> SimulatedStage<U> handle(BiFunction<? super T, Throwable, ? extends U> next);

    @Override
    <U> SimulatedStage<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> next, Executor executor);

    @Override
    SimulatedStage<T> whenComplete(BiConsumer<? super T, ? super Throwable> next);

    @Override
    SimulatedStage<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> next, Executor executor);

    @Override
    SimulatedStage<T> exceptionally(Function<Throwable, ? extends T> next);

    @Override
    SimulatedFuture<T> toCompletableFuture();
}
