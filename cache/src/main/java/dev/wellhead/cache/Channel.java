package dev.wellhead.cache;

import dev.wellhead.redis.Subscription;

/**
 * Hears what other nodes say, and knows whether it hears them: a connection that is lost says so, one that is dead without
 * knowing it is told by its silence.
 */
final class Channel implements Subscription.Listener {
    /*
     *   closed -> open    subscribed (again), or something was heard after a silence
     *   open -> closed    the connection broke, or nothing was heard, not even our own pulses, for some ticks
     *
     * `open` is set after the near tier was cleared, and unset before: what enters while it is open is younger than the
     * last gap. The client's thread and the timer both move it; each order of their moves ends with a cleared tier.
     * `quiet` belongs to the timer, the rest is volatile.
     */
    private static final int SILENT_AFTER = 3;

    private final long origin;
    private final Receiver receiver;
    private volatile boolean subscribed;
    private volatile boolean open;
    private volatile boolean heard;
    private int quiet;

    /** Who is told. Called from the client's threads and the timer; must not block. */
    interface Receiver {
        /** Another node invalidated the key. */
        void invalidated(EncodedKey key);

        /** The key's lease is free, whoever had it. */
        void freed(EncodedKey key);

        /** Another node invalidated a tag, as {@link Message.Kind#TAG} says it. */
        void tagInvalidated(byte[] generationTagAndVersion);

        /** A message of ours has come back: an invalidation of this key, or a pulse, which has an empty key. */
        void echoed(EncodedKey key);

        /** The generation may have changed. */
        void generationAnnounced();

        /** Messages arrive from now on. To be forgotten: everything that was read before. */
        void opened();

        /** Messages may be lost from now on. */
        void closed();
    }

    Channel(long origin, Receiver receiver) {
        this.origin = origin;
        this.receiver = receiver;
    }

    boolean isOpen() {
        return open;
    }

    @Override
    public void message(byte[] bytes) {
        heard = true;
        if (subscribed && !open) {
            open();
        }
        Message.read(bytes).ifPresent(this::dispatch);
    }

    @Override
    public void lost() {
        subscribed = false;
        close();
    }

    @Override
    public void restored() {
        subscribed = true;
        heard = true;
        open();
    }

    /** To be called at regular intervals; returns whether somebody should send a pulse. */
    boolean tick() {
        if (heard) {
            heard = false;
            quiet = 0;
            return false;
        }
        quiet++;
        if (quiet > SILENT_AFTER && open) {
            close();
        }
        return true;
    }

    private void dispatch(Message message) {
        boolean ours = message.origin() == origin;
        switch (message.kind()) {
            case INVALIDATE -> {
                EncodedKey key = new EncodedKey(message.key());
                // Ours was carried out before it was sent; by now there may be a younger value.
                if (ours) {
                    receiver.echoed(key);
                } else {
                    receiver.invalidated(key);
                }
                receiver.freed(key);
            }
            case FREED -> receiver.freed(new EncodedKey(message.key()));
            case TAG -> {
                if (!ours) {
                    receiver.tagInvalidated(message.key());
                }
            }
            case GENERATION -> receiver.generationAnnounced();
            case PULSE -> {
                if (ours) {
                    receiver.echoed(new EncodedKey(message.key()));
                }
            }
        }
    }

    private void open() {
        receiver.opened();
        open = true;
    }

    private void close() {
        open = false;
        receiver.closed();
    }
}
