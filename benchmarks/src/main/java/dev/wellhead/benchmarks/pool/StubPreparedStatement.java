package dev.wellhead.benchmarks.pool;

import java.sql.SQLException;

/** A prepared statement without parameters. */
final class StubPreparedStatement extends RestOfPreparedStatement {
    StubPreparedStatement(StubConnection connection) {
        super(connection);
    }

    @Override
    public boolean execute() throws SQLException {
        return run();
    }

    @Override
    public int executeUpdate() throws SQLException {
        run();
        return 0;
    }

    @Override
    public void clearParameters() {}
}
