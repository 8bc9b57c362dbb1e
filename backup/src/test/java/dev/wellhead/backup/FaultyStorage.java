package dev.wellhead.backup;

import dev.wellhead.backup.internal.LeasedDirectory;
import dev.wellhead.backup.internal.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store that does something at each of its operations, numbered from 0: fail before it, fail in the middle of it
 * (half of what is written or read arrives), fail after it, or block. What is closed is closed in any case, as a file is
 * whose last bytes could not be made durable.
 */
final class FaultyStorage implements Storage {
    /** What happens around an operation. */
    interface Fault {
        default void before(int operation) throws IOException {}

        /** Returns how many of these bytes arrive; fewer than were read are the last. */
        default int pass(int operation, int length) throws IOException {
            return length;
        }

        default void after(int operation) throws IOException {}
    }

    private final Storage storage;
    private final Fault fault;
    private final AtomicInteger operations = new AtomicInteger();

    FaultyStorage(Storage storage, Fault fault) {
        this.storage = storage;
        this.fault = fault;
    }

    int operations() {
        return operations.get();
    }

    @FunctionalInterface
    private interface Call<T> {
        T run(int operation) throws IOException;
    }

    private <T> T around(Call<T> call) throws IOException {
        int operation = operations.getAndIncrement();
        fault.before(operation);
        T result = call.run(operation);
        try {
            fault.after(operation);
        } catch (IOException e) {
            // Who fails after having opened something must not leave it open.
            if (result instanceof AutoCloseable opened) {
                closeAfter(opened, e);
            }
            throw e;
        }
        return result;
    }

    @FunctionalInterface
    private interface Closing {
        void close() throws IOException;
    }

    private void closing(Closing closing) throws IOException {
        int operation = operations.getAndIncrement();
        try {
            fault.before(operation);
        } finally {
            closing.close();
        }
        fault.after(operation);
    }

    private static void closeAfter(AutoCloseable opened, IOException cause) {
        try {
            opened.close();
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public Draft begin(String id) throws IOException {
        return around(operation -> new FaultyDraft(storage.begin(id)));
    }

    @Override
    public List<String> ids() throws IOException {
        return around(operation -> storage.ids());
    }

    @Override
    public byte[] read(String id, String file, int limit) throws IOException {
        return around(operation -> {
            byte[] content = storage.read(id, file, limit);
            return Arrays.copyOf(content, fault.pass(operation, content.length));
        });
    }

    @Override
    public InputStream open(String id, String part) throws IOException {
        return around(operation -> new FaultyInput(storage.open(id, part)));
    }

    @Override
    public void annotate(String id, String file, byte[] content) throws IOException {
        around(operation -> {
            storage.annotate(id, file, content);
            return true;
        });
    }

    @Override
    public void delete(String id) throws IOException {
        around(operation -> {
            storage.delete(id);
            return true;
        });
    }

    @Override
    public void sweep() throws IOException {
        around(operation -> {
            storage.sweep();
            return true;
        });
    }

    @Override
    public LeasedDirectory workspace() throws IOException {
        return around(operation -> storage.workspace());
    }

    private final class FaultyDraft implements Draft {
        private final Draft draft;

        FaultyDraft(Draft draft) {
            this.draft = draft;
        }

        @Override
        public OutputStream create(String part) throws IOException {
            return around(operation -> new FaultyStream(draft.create(part)));
        }

        @Override
        public void publish(byte[] manifest) throws IOException {
            around(operation -> {
                draft.publish(manifest);
                return true;
            });
        }

        @Override
        public void close() throws IOException {
            closing(draft::close);
        }
    }

    private final class FaultyInput extends InputStream {
        private final InputStream in;
        private boolean cut;

        FaultyInput(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return around(operation -> {
                int count = cut ? -1 : in.read(bytes, offset, length);
                int passed = count < 0 ? count : fault.pass(operation, count);
                cut |= passed < count;
                return passed == 0 ? -1 : passed;
            });
        }

        @Override
        public void close() throws IOException {
            closing(in::close);
        }
    }

    private final class FaultyStream extends OutputStream {
        private final OutputStream out;

        FaultyStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            around(operation -> {
                out.write(bytes, offset, fault.pass(operation, length));
                return true;
            });
        }

        @Override
        public void close() throws IOException {
            closing(out::close);
        }
    }
}
