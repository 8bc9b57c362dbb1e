package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class MessageTest {
    @Property(tries = 200)
    void whatIsSentIsHeard(@ForAll Message.Kind kind, @ForAll long origin, @ForAll byte[] key) {
        Message heard = Message.read(new Message(kind, origin, key).toBytes()).orElseThrow();

        assertThat(heard.kind()).isEqualTo(kind);
        assertThat(heard.origin()).isEqualTo(origin);
        assertThat(heard.key()).isEqualTo(key);
    }

    @Property(tries = 200)
    void anythingElseIsIgnored(@ForAll byte[] bytes) {
        if (bytes.length > 0 && bytes[0] == 1) {
            bytes[0] = 2;
        }

        assertThat(Message.read(bytes)).isEmpty();
    }
}
