package dev.wellhead.pool;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts that a pool is divided into, if it is. Guarded by the lock of {@link Books}, but for its members. */
final class Shares {
    private final List<Share> all;

    Shares(List<Share> all) {
        this.all = List.copyOf(all);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    Optional<Share> named(String name) {
        return all.stream().filter(share -> share.name.equals(name)).findFirst();
    }

    /**
     * Returns whether another connection may go to this share.
     *
     * @param share null for those who belong to none
     * @param free how many connections are not lent, there or yet to be opened
     */
    boolean permit(@Nullable Share share, int free) {
        if (share != null && share.lent >= share.atMost) {
            return false;
        }
        int kept = 0;
        for (Share other : all) {
            kept += other == share ? 0 : other.unclaimed();
        }
        return free > kept;
    }
}
