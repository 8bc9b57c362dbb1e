package dev.wellhead.examples.labs.practice;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the commands that a client sends to Redis, and lets only so many through: what a client has done that dies in
 * between. Thread-safe.
 */
final class CommandGate {
    private static final int NOT_ARMED = Integer.MAX_VALUE;
    private static final int WORDS_SHOWN = 2;
    private static final int LONGEST_WORD = 24;

    private final AtomicInteger left = new AtomicInteger(NOT_ARMED);
    private final List<String> passed = new CopyOnWriteArrayList<>();

    /** Lets so many more commands pass, of all connections together. */
    void arm(int commands) {
        passed.clear();
        left.set(commands);
    }

    /** Returns the commands that passed since it was armed, their first words only. */
    List<String> passed() {
        return List.copyOf(passed);
    }

    /** Returns a tap for what one connection sends. */
    Relay.Tap tap() {
        return new CommandTap();
    }

    private boolean admits() {
        return left.getAndUpdate(n -> n == NOT_ARMED || n == 0 ? n : n - 1) > 0;
    }

    /** Follows the protocol: {@code *<words>\r\n}, then for each word {@code $<length>\r\n<bytes>\r\n}. */
    private final class CommandTap implements Relay.Tap {
        private final StringBuilder line = new StringBuilder();
        private final StringBuilder shown = new StringBuilder();
        private int words;
        private int wordsLeft;
        private int bytesLeft;

        @Override
        public int pass(byte[] chunk, int length) {
            for (int i = 0; i < length; i++) {
                boolean between = wordsLeft == 0 && line.isEmpty();
                if (between && !admits()) {
                    return i;
                }
                take((char) chunk[i]);
            }
            return length;
        }

        private void take(char next) {
            if (bytesLeft > 0) {
                word(next);
                return;
            }
            line.append(next);
            if (next == '\n') {
                int number = Integer.parseInt(line.substring(1, line.length() - 2));
                if (line.charAt(0) == '*') {
                    words = number;
                    wordsLeft = number;
                } else {
                    // The end of the line behind it, too.
                    bytesLeft = number + 2;
                }
                line.setLength(0);
            }
        }

        private void word(char next) {
            if (words - wordsLeft < WORDS_SHOWN && bytesLeft > 2 && shown.length() < LONGEST_WORD * WORDS_SHOWN) {
                shown.append(next);
            }
            if (--bytesLeft == 0) {
                wordsLeft--;
                if (wordsLeft == 0) {
                    passed.add(shown.toString().strip());
                    shown.setLength(0);
                } else if (words - wordsLeft < WORDS_SHOWN) {
                    shown.append(' ');
                }
            }
        }
    }
}
