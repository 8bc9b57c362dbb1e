package dev.wellhead.benchmarks.pool;

import dev.wellhead.benchmarks.program.Output;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a loan costs where nobody has to wait: 32 connections, all open. */
@State(Scope.Benchmark)
public class BorrowBenchmark {
    private static final int SIZE = 32;

    /** The label of a {@link PoolKind}. */
    @Param("wellhead")
    public String pool = "wellhead";

    /** Whether leaks are detected. */
    @Param("false")
    public boolean leaks;

    private BenchedPool opened = NONE;

    private static final BenchedPool NONE = new BenchedPool() {
        @Override
        public Connection get() {
            throw new IllegalStateException("not set up");
        }

        @Override
        public void close() {}
    };

    /** Opens the pool. */
    @Setup
    public void open() throws SQLException {
        Output.silenceLogs();
        opened = PoolKind.labelled(pool)
                .open(PoolOptions.of(StubDatabase.start(), SIZE, SIZE).leakDetection(leaks));
    }

    /** Closes it. */
    @TearDown
    public void close() {
        opened.close();
    }

    /** A loan, and nothing done with it; returned, so that no compiler finds out. */
    @Benchmark
    public Connection borrow() throws SQLException {
        Connection connection = opened.get();
        connection.close();
        return connection;
    }

    /** A loan for one statement, as a service writes it. */
    @Benchmark
    public boolean statement() throws SQLException {
        try (Connection connection = opened.get();
                PreparedStatement statement = connection.prepareStatement("select 1")) {
            return statement.execute();
        }
    }
}
