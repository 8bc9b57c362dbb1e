package dev.wellhead.cache;

import dev.wellhead.redis.RedisUnavailableException;
import dev.wellhead.redis.Tracking;
import java.util.Optional;

/**
 * Hears what anybody does to the values in Redis, caches or not. Until it hears, and when it may have missed something, it
 * says so; a Redis that refuses to tell is left alone, and messages between caches are all there is.
 */
final class KeyWatch implements Tracking.Listener {
    /*
     *   wanted -> open      armed (again): everything from before was forgotten first
     *   open   -> wanted    the connection broke or is silent
     *   wanted -> refused   counts as open: there is nothing to wait for
     *   refused -> open     allowed after all
     */
    private final FarTerms terms;
    private final Receiver receiver;
    private volatile boolean closed = true;

    /** Who is told. Called from the client's threads; must not block. */
    interface Receiver {
        /** Somebody else changed or removed the value. */
        void changed(EncodedKey key);

        /** All values are gone. */
        void allGone();

        /** Everything is heard from now on. To be forgotten: what was read before. */
        void watchOpened();

        /** Changes may go unheard from now on. */
        void watchClosed();

        /** Nothing will be heard. */
        void watchRefused(RedisUnavailableException why);
    }

    KeyWatch(FarTerms terms, Receiver receiver) {
        this.terms = terms;
        this.receiver = receiver;
    }

    /** Returns whether all is heard that can be. */
    boolean isOpen() {
        return !closed;
    }

    @Override
    public void invalidated(byte[] name) {
        Optional<EncodedKey> key = terms.keys().keyOf(name);
        if (key.isPresent() && !terms.echoes().isOurs(key.get())) {
            receiver.changed(key.get());
        }
    }

    @Override
    public void flushed() {
        receiver.allGone();
    }

    @Override
    public void opened() {
        receiver.watchOpened();
        closed = false;
    }

    @Override
    public void lost() {
        closed = true;
        receiver.watchClosed();
    }

    @Override
    public void refused(RedisUnavailableException why) {
        receiver.watchRefused(why);
        closed = false;
    }
}
