package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Parking;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The pools that are measured. */
public enum PoolKind {
    /** Ours. */
    WELLHEAD("wellhead"),
    /** A peer. */
    HIKARICP("HikariCP"),
    /** A peer. */
    AGROAL("Agroal"),
    /** A peer. */
    DBCP2("DBCP2"),
    /** A peer. */
    TOMCAT("Tomcat"),
    /** A peer. */
    VIBUR("Vibur"),
    /** No pool that anybody would use: the least that can be called fair, to see what is possible here. */
    FAIR_ABQ("fair-abq");

    private static final long LONGEST_FILL_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final String label;

    PoolKind(String label) {
        this.label = label;
    }

    /** Returns the name in tables and goals. */
    public String label() {
        return label;
    }

    /** Returns the pool of this name. */
    public static PoolKind labelled(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no pool '" + label + "'"));
    }

    /** Returns the peers. */
    public static List<PoolKind> peers() {
        return List.of(HIKARICP, AGROAL, DBCP2, TOMCAT, VIBUR);
    }

    /** Opens one and waits until its connections are there. */
    BenchedPool open(PoolOptions options) throws SQLException {
        BenchedPool pool = start(options);
        long deadline = System.nanoTime() + LONGEST_FILL_NANOS;
        while (options.database().open() < options.minIdle()) {
            if (System.nanoTime() > deadline) {
                pool.close();
                throw new IllegalStateException(label + " has opened "
                        + options.database().open() + " connections of " + options.minIdle() + " in 20 s");
            }
            Parking.nanos(LOOK_NANOS);
        }
        return pool;
    }

    private BenchedPool start(PoolOptions options) throws SQLException {
        return switch (this) {
            case WELLHEAD -> new WellheadPool(options);
            case HIKARICP -> new HikariPool(options);
            case AGROAL -> new AgroalPool(options);
            case DBCP2 -> new Dbcp2Pool(options);
            case TOMCAT -> new TomcatPool(options);
            case VIBUR -> new ViburPool(options);
            case FAIR_ABQ -> new FairQueuePool(options);
        };
    }
}
