package dev.wellhead.examples.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The search finds what it looks for, or its silence would mean nothing. */
class CanaryTest {
    private static final Canary CANARY = Canary.hatched("TEST");

    @TempDir
    private Path folder;

    static Stream<String> planted() throws IOException {
        String secret = CANARY.password();
        IllegalStateException error = new IllegalStateException("outer");
        error.addSuppressed(new IOException("inner", new IOException(secret)));
        StringWriter trace = new StringWriter();
        error.printStackTrace(new PrintWriter(trace, true));
        return Stream.of(
                "password=" + secret,
                "postgresql://app:" + URLEncoder.encode(secret, StandardCharsets.UTF_8) + "@db/app",
                secret.toUpperCase(Locale.ROOT),
                new ObjectMapper().writeValueAsString(Map.of("a", secret)),
                base64("app:" + secret),
                base64("a:" + secret),
                base64("ap:" + secret),
                base64(secret),
                HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8)),
                HexFormat.of().withUpperCase().formatHex(secret.getBytes(StandardCharsets.UTF_8)),
                Arrays.toString(secret.toCharArray()),
                Arrays.toString(secret.getBytes(StandardCharsets.UTF_8)),
                trace.toString());
    }

    @ParameterizedTest
    @MethodSource("planted")
    void secretIsFoundInWhateverFormItShows(String text) {
        assertThat(CANARY.formsIn("something before, " + text + " and behind")).isNotEmpty();
        assertThat(Canary.hatched("OTHER").formsIn(text)).isEmpty();
    }

    @Test
    void secretIsFoundInFilesPackedOrNotAndInTheirNames() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "x" + CANARY.password());
        Path packed = Files.write(Files.createDirectory(folder.resolve("sub")).resolve("packed"), packed());
        Path named = Files.createFile(folder.resolve(CANARY.word()));
        Files.writeString(folder.resolve("innocent"), "nothing");

        assertThat(CANARY.formsBelow(folder)).containsOnlyKeys(plain, packed, named);
    }

    private static byte[] packed() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream packing = new GZIPOutputStream(bytes)) {
            packing.write(CANARY.password().getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
