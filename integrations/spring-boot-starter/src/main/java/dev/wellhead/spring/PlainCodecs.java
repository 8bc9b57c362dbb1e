package dev.wellhead.spring;

import dev.wellhead.cache.Codec;
import java.lang.reflect.Type;

/** Writes text and bytes as they are, and leaves everything else to another one. */
final class PlainCodecs implements ValueCodecs {
    private final ValueCodecs others;

    PlainCodecs(ValueCodecs others) {
        this.others = others;
    }

    @Override
    public Codec<?> of(Type type) {
        if (type == String.class) {
            return Codec.string();
        }
        return type == byte[].class ? Codec.bytes() : others.of(type);
    }
}
