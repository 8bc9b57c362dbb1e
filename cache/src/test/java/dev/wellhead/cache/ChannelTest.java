package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelTest {
    private static final long OURS = 1;
    private static final long THEIRS = 2;

    private final List<String> heard = new ArrayList<>();
    private final Channel channel = new Channel(OURS, new Recording());

    private final class Recording implements Channel.Receiver {
        @Override
        public void invalidated(EncodedKey key) {
            heard.add("invalidated");
        }

        @Override
        public void freed(EncodedKey key) {
            heard.add("freed");
        }

        @Override
        public void tagInvalidated(byte[] generationTagAndVersion) {
            heard.add("tag");
        }

        @Override
        public void echoed(EncodedKey key) {
            heard.add("echo");
        }

        @Override
        public void generationAnnounced() {
            heard.add("generation");
        }

        @Override
        public void opened() {
            heard.add("opened");
        }

        @Override
        public void closed() {
            heard.add("closed");
        }
    }

    @Test
    void ownInvalidationForgetsNothingButWakesWaiters() {
        channel.restored();
        channel.message(message(Message.Kind.INVALIDATE, OURS));
        channel.message(message(Message.Kind.INVALIDATE, THEIRS));

        assertThat(heard).containsExactly("opened", "echo", "freed", "invalidated", "freed");
    }

    @Test
    void lostAndRestoredConnectionClosesAndOpens() {
        channel.restored();
        channel.lost();
        assertThat(channel.isOpen()).isFalse();

        channel.restored();

        assertThat(channel.isOpen()).isTrue();
        assertThat(heard).containsExactly("opened", "closed", "opened");
    }

    @Test
    void silenceClosesAndASoundOpensAgain() {
        channel.restored();
        for (int tick = 0; tick < 10; tick++) {
            channel.tick();
        }
        assertThat(channel.isOpen()).isFalse();

        channel.message(message(Message.Kind.PULSE, OURS));

        assertThat(channel.isOpen()).isTrue();
        assertThat(heard).containsExactly("opened", "closed", "opened", "echo");
    }

    @Test
    void pulseIsWantedOnlyAfterATickWithoutASound() {
        channel.restored();

        assertThat(channel.tick()).isFalse();
        assertThat(channel.tick()).isTrue();
        channel.message(message(Message.Kind.PULSE, THEIRS));
        assertThat(channel.tick()).isFalse();
    }

    @Test
    void messageThatComesLateOverALostConnectionDoesNotOpen() {
        channel.restored();
        channel.lost();

        channel.message(message(Message.Kind.PULSE, THEIRS));

        assertThat(channel.isOpen()).isFalse();
    }

    private static byte[] message(Message.Kind kind, long origin) {
        return new Message(kind, origin, new byte[] {'k'}).toBytes();
    }
}
