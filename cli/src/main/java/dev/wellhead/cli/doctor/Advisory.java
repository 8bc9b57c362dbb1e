package dev.wellhead.cli.doctor;

import java.util.List;
import java.util.stream.Stream;

/**
 * A published fault. Immutable.
 *
 * @param product what it is in
 * @param number its CVE number
 * @param what what it lets happen
 * @param since the first version with it
 * @param mended as of {@link Versions#isBehind}
 */
record Advisory(String product, String number, String what, Versions since, List<Versions> mended) {
    /** Copies the list. */
    Advisory {
        mended = List.copyOf(mended);
    }

    static Advisory of(String product, String number, String what, String since, String... mended) {
        return new Advisory(
                product,
                number,
                what,
                Versions.of(since),
                Stream.of(mended).map(Versions::of).toList());
    }

    boolean isIn(String name, Versions version) {
        return product.equals(name) && version.compareTo(since) >= 0 && version.isBehind(mended);
    }

    /** Returns the first version from which on every one is without it. */
    Versions safe() {
        return mended.get(mended.size() - 1);
    }

    String inWords() {
        return number + ": " + what;
    }
}
