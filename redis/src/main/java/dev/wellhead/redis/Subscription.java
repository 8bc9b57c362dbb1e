package dev.wellhead.redis;

/** A channel listened to, until it is closed. */
public interface Subscription extends AutoCloseable {
    /** What arrives on a channel. Called from the client's threads, in order; must not block. */
    interface Listener {
        /** A message. The array is the listener's to keep. */
        void message(byte[] message);

        /**
         * Messages may have been lost, and may be lost from now on. Told when the connection breaks, or at most three
         * heartbeats after it went dead without knowing.
         */
        default void lost() {}

        /** Subscribed, for the first time or again: messages sent from now on arrive. What was sent between is lost. */
        default void restored() {}

        /** Redis refuses the subscription, as for a user without the right to the channel; it is asked again and again. */
        default void refused(RedisUnavailableException why) {}
    }

    /** Stops listening. Idempotent. */
    @Override
    void close();
}
