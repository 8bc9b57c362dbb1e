package dev.wellhead.benchmarks;

import dev.wellhead.benchmarks.pool.BorrowBenchmark;
import dev.wellhead.benchmarks.pool.HangProgram;
import dev.wellhead.benchmarks.pool.Load;
import dev.wellhead.benchmarks.pool.LoadProgram;
import dev.wellhead.benchmarks.pool.OutageProgram;
import dev.wellhead.benchmarks.pool.PoolKind;
import dev.wellhead.benchmarks.pool.SpikeProgram;
import dev.wellhead.benchmarks.pool.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The pool beside five peers, on a driver without a database: cost, fairness, growth, and what happens when things fail. */
final class PoolSet implements BenchmarkSet {
    private static final String OURS = PoolKind.WELLHEAD.label();
    private static final String HIKARICP = PoolKind.HIKARICP.label();
    private static final String AGROAL = PoolKind.AGROAL.label();
    private static final String FAIR = PoolKind.FAIR_ABQ.label();
    private static final List<String> PEERS =
            PoolKind.peers().stream().map(PoolKind::label).toList();
    private static final List<String> FAST_PEERS = List.of(HIKARICP, AGROAL);

    // G1 is what a JVM takes by itself on a server, however small the one is that this runs on.
    private static final List<String> FLAGS = List.of(Worker.QUIET.get(0), "-Xmx512m", "-XX:+UseG1GC");
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final JmhMeasurement.Length LENGTH = new JmhMeasurement.Length(3, 5, Duration.ofMillis(200));
    // How more threads than processors take turns settles in seconds only.
    private static final JmhMeasurement.Length LENGTH_OF_CROWDS =
            new JmhMeasurement.Length(2, 3, Duration.ofSeconds(1));
    private static final int VIRTUAL_THREADS = 21;
    // With 16 connects at a time 42 requests have begun at 300 ms; the last 8 take what the first 16 new connections,
    // there at 150 ms, are free for at 350 ms.
    private static final double SPIKE_FLOOR_MILLIS = 150 + 200 + 200;
    private static final int WIDE = 45;

    @Override
    public String name() {
        return "pool";
    }

    @Override
    public String description() {
        return "the pool beside HikariCP, Agroal, DBCP2, Tomcat and Vibur, on a driver without a database";
    }

    @Override
    public int rounds(Effort effort) {
        return effort == Effort.FULL ? 5 : 1;
    }

    @Override
    public List<Scenario> open() {
        return List.of(
                borrow(1, PEERS),
                borrow(2, FAST_PEERS),
                borrow(8, FAST_PEERS),
                borrow(32, FAST_PEERS),
                statement(1),
                statement(8),
                contention(),
                noHold(),
                virtual(),
                shortSpike(),
                longSpike(),
                leak(1),
                leak(8),
                hang(),
                outage());
    }

    private static Scenario borrow(int threads, List<String> peers) {
        String name = "borrow-" + threads;
        return new Scenario(
                name,
                jmh("borrow", threads, peers),
                List.of(
                        goal(name, "of-" + HIKARICP, faster(HIKARICP), Comparison.AT_LEAST, 3, "x"),
                        goal(name, "of-" + AGROAL, faster(AGROAL), Comparison.AT_LEAST, 1.3, "x"),
                        goal(name, "bytes", Figure.metric(OURS, JmhMeasurement.BYTES), Comparison.AT_MOST, 40, "B")));
    }

    private static Scenario statement(int threads) {
        String name = "statement-" + threads;
        return new Scenario(
                name,
                jmh("statement", threads, FAST_PEERS),
                List.of(
                        goal(name, "of-" + HIKARICP, faster(HIKARICP), Comparison.AT_LEAST, 1, "x"),
                        goal(name, "bytes", Figure.metric(OURS, JmhMeasurement.BYTES), Comparison.AT_MOST, 80, "B")));
    }

    private static Scenario contention() {
        Load full = new Load(64, Threads.PLATFORM, 8, Duration.ofMillis(1), seconds(0.5), seconds(2.5));
        Load quick = new Load(64, Threads.PLATFORM, 8, Duration.ofMillis(1), seconds(0.3), seconds(0.7));
        return new Scenario(
                "contention",
                loads(all(List.of(OURS), PEERS, List.of(FAIR)), full, quick),
                List.of(
                        goal(
                                "contention",
                                "p99.9.of-ideal",
                                Figure.metric(OURS, LoadProgram.OF_IDEAL),
                                Comparison.AT_MOST,
                                1.3,
                                "x"),
                        goal(
                                "contention",
                                "jain",
                                Figure.metric(OURS, LoadProgram.JAIN),
                                Comparison.AT_LEAST,
                                0.99,
                                ""),
                        goal(
                                "contention",
                                "ops.of-" + HIKARICP,
                                Figure.ratio(OURS, HIKARICP, LoadProgram.OPS),
                                Comparison.AT_LEAST,
                                0.97,
                                "x")));
    }

    private static Scenario noHold() {
        Load full = new Load(32, Threads.PLATFORM, 4, Duration.ZERO, seconds(0.5), seconds(1.5));
        Load quick = new Load(32, Threads.PLATFORM, 4, Duration.ZERO, seconds(0.3), seconds(0.5));
        return new Scenario(
                "hold-0",
                loads(all(List.of(OURS), FAST_PEERS), full, quick),
                List.of(goal(
                        "hold-0",
                        "ops.of-" + HIKARICP,
                        Figure.ratio(OURS, HIKARICP, LoadProgram.OPS),
                        Comparison.AT_LEAST,
                        1,
                        "x")));
    }

    /** Ours and the fair queue run for 20 s, since Jain's index of few borrows says more of their number than of fairness. */
    private static Scenario virtual() {
        Load full = new Load(10_000, Threads.VIRTUAL, 16, Duration.ofMillis(1), seconds(2), seconds(20));
        // Those that are not fair show it soon.
        Load peers = new Load(10_000, Threads.VIRTUAL, 16, Duration.ofMillis(1), seconds(1), seconds(4));
        Load quick = new Load(10_000, Threads.VIRTUAL, 16, Duration.ofMillis(1), seconds(1), seconds(3));
        return new Scenario(
                "virtual",
                all(
                        loads(List.of(OURS, FAIR, "Tomcat", "Vibur"), full, quick),
                        loads(List.of("HikariCP", "Agroal", "DBCP2"), peers, quick)),
                List.of(
                        goal(
                                "virtual",
                                "p99.9.of-ideal",
                                Figure.metric(OURS, LoadProgram.OF_IDEAL),
                                Comparison.AT_MOST,
                                1.05,
                                "x"),
                        goal("virtual", "jain", Figure.metric(OURS, LoadProgram.JAIN), Comparison.AT_LEAST, 0.99, ""),
                        goal(
                                "virtual",
                                "cpu.of-" + FAIR,
                                Figure.ratio(OURS, FAIR, LoadProgram.CPU),
                                Comparison.AT_MOST,
                                1.5,
                                "x")),
                VIRTUAL_THREADS);
    }

    private static Scenario shortSpike() {
        Duration query = Duration.ofMillis(2);
        return new Scenario(
                "spike-short",
                all(List.of(spike(OURS, OURS, 16, query)), spikes(PEERS, query)),
                List.of(
                        goal(
                                "spike-short",
                                "opened",
                                Figure.metric(OURS, SpikeProgram.OPENED),
                                Comparison.AT_MOST,
                                2,
                                ""),
                        goal(
                                "spike-short",
                                "p99.of-" + HIKARICP,
                                Figure.ratio(OURS, HIKARICP, SpikeProgram.P99),
                                Comparison.AT_MOST,
                                1,
                                "x")));
    }

    private static Scenario longSpike() {
        Duration query = Duration.ofMillis(200);
        String wide = OURS + "-" + WIDE;
        Figure ours = Figure.metric(OURS, SpikeProgram.P99);
        return new Scenario(
                "spike-long",
                all(List.of(spike(OURS, OURS, 16, query), spike(wide, OURS, WIDE, query)), spikes(PEERS, query)),
                List.of(
                        goal("spike-long", "p99.of-best", ofBest(OURS), Comparison.AT_MOST, 1.1, "x"),
                        goal(
                                "spike-long",
                                "parallel",
                                Figure.metric(OURS, SpikeProgram.PARALLEL),
                                Comparison.AT_MOST,
                                16,
                                ""),
                        goal(
                                "spike-long",
                                "p99.of-floor",
                                round -> ours.in(round) / SPIKE_FLOOR_MILLIS,
                                Comparison.AT_MOST,
                                1.1,
                                "x"),
                        goal("spike-long", "wide.p99.of-best", ofBest(wide), Comparison.AT_MOST, 1.1, "x")));
    }

    private static Figure ofBest(String contender) {
        return round -> {
            ToDoubleFunction<String> p99 = name -> round.metric(name, SpikeProgram.P99);
            return p99.applyAsDouble(contender)
                    / PEERS.stream().mapToDouble(p99).min().orElseThrow();
        };
    }

    private static Scenario leak(int threads) {
        String name = "leak-" + threads;
        String off = OURS + "-off";
        List<Contender> contenders = new ArrayList<>(
                List.of(jmh(OURS, "borrow", threads, OURS, true), jmh(off, "borrow", threads, OURS, false)));
        if (threads == 1) {
            contenders.add(jmh(HIKARICP, "borrow", threads, HIKARICP, true));
            contenders.add(jmh(HIKARICP + "-off", "borrow", threads, HIKARICP, false));
        }
        return new Scenario(
                name,
                contenders,
                List.of(goal(
                        name, "of-off", Figure.ratio(OURS, off, JmhMeasurement.NANOS), Comparison.AT_MOST, 1.1, "x")));
    }

    private static Scenario hang() {
        List<String> pools = all(List.of(OURS), PEERS);
        return new Scenario(
                "hang",
                new Together(new Worker(HangProgram.class, FLAGS, pools, TIMEOUT), HangProgram.METRICS)
                        .contenders(pools),
                List.of(goal("hang", "ms", Figure.metric(OURS, HangProgram.WAITED), Comparison.AT_MOST, 1020, "ms")));
    }

    private static Scenario outage() {
        Duration usual = Duration.ofSeconds(5);
        Duration lasting = Duration.ofSeconds(25);
        String late = OURS + "-" + lasting.toSeconds() + "s";
        List<String> ours = List.of(OURS, OURS, usual.toString(), late, OURS, lasting.toString());
        List<String> theirs = PEERS.stream()
                .flatMap(peer -> Stream.of(peer, peer, usual.toString()))
                .toList();
        return new Scenario(
                "outage",
                all(
                        outages(ours).contenders(List.of(OURS, late)),
                        outages(theirs).contenders(PEERS)),
                List.of(
                        goal(
                                "outage",
                                "fail.p99",
                                Figure.metric(OURS, OutageProgram.FAIL_P99),
                                Comparison.AT_MOST,
                                5,
                                "ms"),
                        goal(
                                "outage",
                                "attempts",
                                Figure.metric(OURS, OutageProgram.ATTEMPTS),
                                Comparison.AT_MOST,
                                5.0 * usual.toSeconds(),
                                ""),
                        goal(
                                "outage",
                                "attempts.late",
                                Figure.metric(late, OutageProgram.LATE),
                                Comparison.AT_MOST,
                                1,
                                "/s"),
                        goal(
                                "outage",
                                "back",
                                Figure.metric(OURS, OutageProgram.BACK),
                                Comparison.AT_MOST,
                                250,
                                "ms")));
    }

    private static Together outages(List<String> arguments) {
        return new Together(new Worker(OutageProgram.class, FLAGS, arguments, TIMEOUT), OutageProgram.METRICS);
    }

    private static List<Contender> jmh(String method, int threads, List<String> peers) {
        return all(
                List.of(jmh(OURS, method, threads, OURS, true)),
                peers.stream()
                        .map(peer -> jmh(peer, method, threads, peer, false))
                        .toList());
    }

    private static Contender jmh(String name, String method, int threads, String pool, boolean leaks) {
        return new Contender(
                name,
                JmhMeasurement.of(BorrowBenchmark.class, method)
                        .withThreads(threads)
                        .withParam("pool", pool)
                        .withParam("leaks", Boolean.toString(leaks))
                        .withJvmFlags(Worker.QUIET)
                        .withLength(threads > 2 ? LENGTH_OF_CROWDS : LENGTH));
    }

    private static List<Contender> loads(List<String> pools, Load full, Load quick) {
        return pools.stream()
                .map(pool -> new Contender(pool, (jdk, effort) -> {
                    List<String> arguments = all(List.of(pool), (effort == Effort.FULL ? full : quick).arguments());
                    return new Worker(LoadProgram.class, FLAGS, arguments, TIMEOUT)
                            .metrics(jdk, LoadProgram.names(full));
                }))
                .toList();
    }

    private static List<Contender> spikes(List<String> pools, Duration query) {
        return pools.stream().map(pool -> spike(pool, pool, 16, query)).toList();
    }

    private static Contender spike(String name, String pool, int parallelConnects, Duration query) {
        List<String> arguments = List.of(pool, Integer.toString(parallelConnects), query.toString());
        Worker worker = new Worker(SpikeProgram.class, FLAGS, arguments, TIMEOUT);
        return new Contender(name, (jdk, effort) -> worker.metrics(jdk, SpikeProgram.METRICS));
    }

    /** How many times as fast as the peer ours is. */
    private static Figure faster(String peer) {
        return Figure.ratio(peer, OURS, JmhMeasurement.NANOS);
    }

    private static Goal goal(
            String scenario, String what, Figure figure, Comparison comparison, double target, String unit) {
        return new Goal("pool." + scenario + "." + what, figure, comparison, target, unit);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis((long) (seconds * 1000));
    }

    @SafeVarargs
    private static <T> List<T> all(List<T>... lists) {
        List<T> all = new ArrayList<>();
        for (List<T> list : lists) {
            all.addAll(list);
        }
        return all;
    }
}
