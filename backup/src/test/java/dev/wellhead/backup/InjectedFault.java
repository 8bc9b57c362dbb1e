package dev.wellhead.backup;

import java.io.IOException;

/** A store that goes wrong once, at one of its operations. */
final class InjectedFault implements FaultyStorage.Fault {
    static final String MESSAGE = "injected";

    /** In which way it goes wrong. */
    enum How {
        /** Nothing is done, and it says so. */
        BEFORE,
        /** Half is done, and it says so. */
        TORN,
        /** All is done, and it says that it is not. */
        AFTER,
        /** Half is done, and it says that all is. */
        CUT
    }

    private final int at;
    private final How how;
    private boolean reached;
    private boolean cut;

    InjectedFault(int at, How how) {
        this.at = at;
        this.how = how;
    }

    /** Returns whether there was such an operation. */
    boolean isReached() {
        return reached;
    }

    /** Returns whether bytes were lost and nobody was told. */
    boolean hasCut() {
        return cut;
    }

    @Override
    public void before(int operation) throws IOException {
        reached |= operation == at;
        failIf(operation == at && how == How.BEFORE);
    }

    @Override
    public int pass(int operation, int length) {
        if (operation != at || (how != How.TORN && how != How.CUT)) {
            return length;
        }
        cut |= how == How.CUT;
        return length / 2;
    }

    @Override
    public void after(int operation) throws IOException {
        failIf(operation == at && (how == How.AFTER || how == How.TORN));
    }

    private static void failIf(boolean now) throws IOException {
        if (now) {
            throw new IOException(MESSAGE);
        }
    }

    @Override
    public String toString() {
        return how + " operation " + at;
    }
}
