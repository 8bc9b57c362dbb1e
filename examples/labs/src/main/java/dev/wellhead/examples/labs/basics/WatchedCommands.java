package dev.wellhead.examples.labs.basics;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Commands of a connection that somebody is told of, one by one, before they are sent. */
final class WatchedCommands implements InvocationHandler {
    // What is called on commands without sending one.
    private static final Set<String> LOCAL = Set.of("getStatefulConnection", "isOpen", "setTimeout");

    private final RedisCommands<String, String> commands;
    private final Watcher watcher;
    private final AtomicInteger sent = new AtomicInteger();

    private WatchedCommands(RedisCommands<String, String> commands, Watcher watcher) {
        this.commands = commands;
        this.watcher = watcher;
    }

    /** Who is told. */
    @FunctionalInterface
    interface Watcher {
        /**
         * The command of this number, 1 for the first, is about to be sent; those before it have been answered. It is
         * not sent if this throws.
         */
        void before(int command);
    }

    /** The process has died: nothing that catches exceptions can go on from here. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash(int commands) {
            super("the process died after " + commands + (commands == 1 ? " command" : " commands"));
        }
    }

    @SuppressWarnings("unchecked") // A proxy is made of a class object, which knows no type arguments.
    static RedisCommands<String, String> of(RedisCommands<String, String> commands, Watcher watcher) {
        return (RedisCommands<String, String>) Proxy.newProxyInstance(
                RedisCommands.class.getClassLoader(),
                new Class<?>[] {RedisCommands.class},
                new WatchedCommands(commands, watcher));
    }

    /** Returns commands of a process that dies as soon as it sends more than so many. */
    static RedisCommands<String, String> dyingAfter(int survived, RedisCommands<String, String> commands) {
        return of(commands, command -> {
            if (command > survived) {
                throw new Crash(survived);
            }
        });
    }

    /** Has the connection forget what a process had begun on it when it died, as the server does when one is closed. */
    static void bury(RedisCommands<String, String> commands) {
        try {
            commands.discard();
        } catch (RedisCommandExecutionException e) {
            // No MULTI was open; a WATCH may be.
            commands.unwatch();
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() != Object.class && !LOCAL.contains(method.getName())) {
            watcher.before(sent.incrementAndGet());
        }
        try {
            return method.invoke(commands, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
