package dev.wellhead.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reports what is read. For one thread. */
final class Passing extends FilterInputStream {
    private final String object;
    private final Progress progress;

    Passing(InputStream in, String object, Progress progress) {
        super(in);
        this.object = object;
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        if (read >= 0) {
            progress.passed(object, 0, 1);
        }
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        if (read > 0) {
            progress.passed(object, 0, read);
        }
        return read;
    }
}
