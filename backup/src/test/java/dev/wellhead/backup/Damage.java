package dev.wellhead.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A way in which the bytes of a file change.
 *
 * @param what it is, for people
 * @param at the first place where it shows
 * @param content what the file is then
 */
record Damage(String what, int at, byte[] content) {
    private static final int[] BLOCKS = {1 << 9, 1 << 12, 1 << 16, 1 << 20};

    /** Returns every kind of damage at places chosen one by one, and as many again by chance; none that changes nothing. */
    static List<Damage> of(byte[] good, int byChance, Random random) {
        List<Damage> damages = new ArrayList<>();
        damages.add(damage("emptied", good, new byte[0]));
        damages.add(damage("doubled", good, spliced(good, good.length, 0, good)));
        damages.add(damage("lengthened", good, Arrays.copyOf(good, good.length + 1)));
        int turn = random.nextInt(Kind.values().length);
        for (int at : places(good.length)) {
            damages.add(Kind.FLIPPED.at(at, good, random));
            damages.add(Kind.values()[turn++ % Kind.values().length].at(at, good, random));
        }
        for (int i = 0; i < byChance; i++) {
            damages.add(Kind.values()[turn++ % Kind.values().length].at(random.nextInt(good.length), good, random));
        }
        damages.removeIf(damage -> damage.at() < 0);
        return damages;
    }

    private static Damage damage(String what, byte[] good, byte[] content) {
        return new Damage(what, Arrays.mismatch(good, content), content);
    }

    /** Start, end, and both sides of each boundary between blocks. */
    private static SortedSet<Integer> places(int length) {
        SortedSet<Integer> places = new TreeSet<>(List.of(0, 1, 4, 5, 9, 17, length / 2));
        for (int back : List.of(1, 2, 4, 8, 12, 17)) {
            places.add(length - back);
        }
        for (int block : BLOCKS) {
            for (int boundary = block; boundary <= Math.min(length, 2 * block); boundary += block) {
                places.add(boundary - 1);
                places.add(boundary);
            }
        }
        places.removeIf(place -> place < 0 || place >= length);
        return places;
    }

    private static byte[] spliced(byte[] good, int at, int without, byte[] with) {
        byte[] content = new byte[good.length - without + with.length];
        System.arraycopy(good, 0, content, 0, at);
        System.arraycopy(with, 0, content, at, with.length);
        System.arraycopy(good, at + without, content, at + with.length, good.length - at - without);
        return content;
    }

    private enum Kind {
        FLIPPED {
            @Override
            byte[] change(byte[] good, int at, Random random) {
                byte[] content = good.clone();
                content[at] ^= (byte) (1 << random.nextInt(8));
                return content;
            }
        },
        CUT_HERE {
            @Override
            byte[] change(byte[] good, int at, Random random) {
                return Arrays.copyOf(good, at);
            }
        },
        BEGINS_HERE {
            @Override
            byte[] change(byte[] good, int at, Random random) {
                return Arrays.copyOfRange(good, at, good.length);
            }
        },
        BYTE_LEFT_OUT {
            @Override
            byte[] change(byte[] good, int at, Random random) {
                return spliced(good, at, 1, new byte[0]);
            }
        },
        PIECE_TWICE {
            @Override
            byte[] change(byte[] good, int at, Random random) {
                int length = 1 + random.nextInt(Math.min(64, good.length - at));
                return spliced(good, at, 0, Arrays.copyOfRange(good, at, at + length));
            }
        },
        NEIGHBOURS_SWAPPED {
            @Override
            byte[] change(byte[] good, int at, Random random) {
                byte[] content = good.clone();
                int other = (at + 1) % good.length;
                content[at] = good[other];
                content[other] = good[at];
                return content;
            }
        },
        PIECES_SWAPPED {
            @Override
            byte[] change(byte[] good, int at, Random random) {
                byte[] content = good.clone();
                int other = random.nextInt(good.length);
                int length = Math.min(1 + random.nextInt(32), Math.min(good.length - at, good.length - other));
                System.arraycopy(good, other, content, at, length);
                System.arraycopy(good, at, content, other, length);
                return content;
            }
        },
        ZEROED {
            @Override
            byte[] change(byte[] good, int at, Random random) {
                byte[] content = good.clone();
                Arrays.fill(content, at, Math.min(good.length, at + 512), (byte) 0);
                return content;
            }
        };

        abstract byte[] change(byte[] good, int at, Random random);

        Damage at(int at, byte[] good, Random random) {
            return damage(this + " at " + at + " of " + good.length, good, change(good, at, random));
        }
    }
}
