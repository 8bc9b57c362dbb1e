package dev.wellhead.cache;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Apart from {@link Codec}, so that only those who use it need Jackson. */
final class JacksonCodec {
    // Without default typing: what a text says never chooses a class.
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private JacksonCodec() {}

    static <V> Codec<V> of(Class<V> type) {
        ObjectWriter writer = MAPPER.writerFor(type);
        ObjectReader reader = MAPPER.readerFor(type);
        return Codec.of(writer::writeValueAsBytes, bytes -> type.cast(reader.readValue(bytes)));
    }
}
