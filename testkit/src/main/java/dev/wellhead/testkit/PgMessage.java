package dev.wellhead.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A message of PostgreSQL's protocol 3.0: its type, and what follows its length. */
final class PgMessage {
    private static final int LENGTH_BYTES = 4;
    // PostgreSQL's own limit for one value; more is no length but something else.
    private static final int MAX_BODY = 1 << 30;

    private final char type;
    private final byte[] body;

    PgMessage(char type, byte[] body) {
        this.type = type;
        this.body = body;
    }

    char type() {
        return type;
    }

    byte[] body() {
        return body;
    }

    static PgMessage read(DataInputStream in) throws IOException {
        char type = (char) in.readUnsignedByte();
        return new PgMessage(type, readBody(in));
    }

    /** Reads the only messages that have no type, those that open a connection. */
    static byte[] readBody(DataInputStream in) throws IOException {
        int length = in.readInt() - LENGTH_BYTES;
        if (length < 0 || length > MAX_BODY) {
            throw new IOException("not PostgreSQL's protocol: a message of " + length + " bytes");
        }
        byte[] body = new byte[length];
        in.readFully(body);
        return body;
    }

    void write(OutputStream out) throws IOException {
        out.write(type);
        writeBody(out, body);
    }

    static void writeBody(OutputStream out, byte[] body) throws IOException {
        out.write(ByteBuffer.allocate(LENGTH_BYTES)
                .putInt(body.length + LENGTH_BYTES)
                .array());
        out.write(body);
    }

    /** Puts a message together from numbers (four bytes), texts (with a zero behind) and bytes (as they are). */
    static PgMessage of(char type, Object... parts) {
        return new PgMessage(type, body(parts));
    }

    static byte[] body(Object... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Object part : parts) {
                if (part instanceof Integer number) {
                    out.writeInt(number);
                } else if (part instanceof byte[] raw) {
                    out.write(raw);
                } else {
                    out.write(part.toString().getBytes(StandardCharsets.UTF_8));
                    out.write(0);
                }
            }
        } catch (IOException e) {
            throw new AssertionError("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    /** An error that ends the connection. */
    static PgMessage fatal(String sqlState, String text) {
        return of('E', "SFATAL", "VFATAL", "C" + sqlState, "M" + text, new byte[1]);
    }

    /** Returns the number that the body begins with. */
    int number() {
        return ByteBuffer.wrap(body).getInt();
    }
}
