package dev.wellhead.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CodecTest {
    /** As an application would have it. */
    public record User(long id, String name, List<String> roles, Map<String, Integer> scores) {}

    @Test
    void keysAreReadableInRedis() {
        UUID id = UUID.randomUUID();

        assertThat(KeyCodec.ofString().encode("ключ")).isEqualTo("ключ".getBytes(UTF_8));
        assertThat(KeyCodec.ofLong().encode(-42L)).isEqualTo("-42".getBytes(UTF_8));
        assertThat(KeyCodec.of(UUID::toString).encode(id))
                .isEqualTo(id.toString().getBytes(UTF_8));
    }

    @Property(tries = 100)
    void bytesStayWhatTheyAre(@ForAll byte[] bytes) {
        assertThat(Codec.bytes().decode(Codec.bytes().encode(bytes))).isEqualTo(bytes);
    }

    @Test
    void jsonBringsARecordBack() {
        Codec<User> codec = Codec.json(User.class);
        User user = new User(7, "Zoë \"the\" first", List.of("admin", "user"), Map.of("x", 1));

        byte[] json = codec.encode(user);

        assertThat(codec.decode(json)).isEqualTo(user);
        assertThat(new String(json, UTF_8)).contains("\"id\":7").doesNotContain("CodecTest");
    }

    @Test
    void jsonPassesOverWhatItDoesNotKnow() {
        byte[] later = "{\"id\":1,\"name\":\"n\",\"added\":{\"later\":[1]}}".getBytes(UTF_8);

        assertThat(Codec.json(User.class).decode(later)).isEqualTo(new User(1, "n", null, null));
    }

    @Test
    void textNeverChoosesAClass() {
        byte[] gadget = "[\"java.util.ArrayList\",[1]]".getBytes(UTF_8);

        assertThat(Codec.json(Object.class).decode(gadget)).isEqualTo(List.of("java.util.ArrayList", List.of(1)));
    }

    @Test
    void jsonThatIsNoneThrowsWhatJacksonThrows() {
        assertThatThrownBy(() -> Codec.json(User.class).decode("{".getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void functionsMayThrowAnything() {
        IOException failure = new IOException("checked");
        Codec<String> codec = Codec.of(
                value -> {
                    throw failure;
                },
                bytes -> {
                    throw failure;
                });

        assertThatThrownBy(() -> codec.encode("value")).isSameAs(failure);
        assertThatThrownBy(() -> codec.decode(new byte[0])).isSameAs(failure);
    }

    @Test
    void withoutJacksonOnlyJsonIsMissing() throws Exception {
        List<URL> path = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1)) {
            if (!element.isEmpty() && !element.contains("jackson")) {
                path.add(Path.of(element).toUri().toURL());
            }
        }
        try (URLClassLoader bare = new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> codec = bare.loadClass(Codec.class.getName());

            assertThat(codec.getMethod("string").invoke(null)).isNotNull();
            assertThatThrownBy(() -> codec.getMethod("json", Class.class).invoke(null, String.class))
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("needs jackson-databind 2");
        }
    }
}
