package dev.wellhead.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call: a command, or a script that may take two. Whoever gives up completes it first; then the command is withdrawn
 * if it has not left yet, and no second one follows.
 */
final class Call<T extends @Nullable Object> extends CompletableFuture<T> {
    private final String client;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;

    Call(String client, RedisClusterAsyncCommands<byte[], byte[]> commands) {
        this.client = client;
        this.commands = commands;
    }

    Call<T> send(Function<? super RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        RedisFuture<T> sent = sent(command);
        sent.whenComplete(this::ended);
        return this;
    }

    /** @param loaded called if the script had to be sent in full */
    Call<T> send(RedisScript<T> script, List<byte[]> keys, List<byte[]> arguments, Runnable loaded) {
        byte[][] keyArray = keys.toArray(byte[][]::new);
        byte[][] argumentArray = arguments.toArray(byte[][]::new);
        sent(known -> known.<T>evalsha(script.sha(), script.output(), keyArray, argumentArray))
                .whenComplete((value, error) -> {
                    if (error != null && Failures.unwrap(error) instanceof RedisNoScriptException) {
                        // A caller who has given up must not be obeyed: the script might not know its deadline.
                        if (!isDone()) {
                            loaded.run();
                            load(script, keyArray, argumentArray);
                        }
                    } else {
                        ended(value, error);
                    }
                });
        return this;
    }

    private void load(RedisScript<T> script, byte[][] keys, byte[][] arguments) {
        try {
            sent(known -> known.<T>eval(script.source(), script.output(), keys, arguments))
                    .whenComplete(this::ended);
        } catch (RuntimeException e) {
            completeExceptionally(Failures.of(client, e));
        }
    }

    private RedisFuture<T> sent(Function<? super RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        RedisFuture<T> sent = command.apply(commands);
        // When this call ends by itself the command has ended, too, and to cancel it does nothing.
        whenComplete((value, error) -> {
            if (error != null) {
                sent.cancel(true);
            }
        });
        return sent;
    }

    private void ended(@Nullable T value, @Nullable Throwable error) {
        if (error == null) {
            complete(value);
        } else {
            completeExceptionally(Failures.of(client, error));
        }
    }
}
