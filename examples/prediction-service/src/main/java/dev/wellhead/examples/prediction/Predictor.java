package dev.wellhead.examples.prediction;

import dev.wellhead.cache.Cache;
import dev.wellhead.jdbc.Transaction;
import dev.wellhead.jdbc.Transactions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Predicts a flower's species by its nearest neighbours, computed in SQL, recorded, and cached. Thread-safe. */
final class Predictor {
    private static final int NEIGHBOURS = 5;

    // Squares of differences, since a square root would not change the order.
    private static final String NEAREST = """
            select species, count(*) as votes from (
                select species from flowers
                order by (sepal_length - ?) * (sepal_length - ?) + (sepal_width - ?) * (sepal_width - ?)
                    + (petal_length - ?) * (petal_length - ?) + (petal_width - ?) * (petal_width - ?), id
                limit ?) nearest
            group by species order by votes desc, species limit 1
            """;

    // A user who is not, or not any more, is recorded as none, as when one is deleted.
    private static final String RECORD = """
            insert into predictions
                (id, user_id, sepal_length, sepal_width, petal_length, petal_width, species, votes, neighbours)
            values (?, (select id from users where id = ?), ?, ?, ?, ?, ?, ?, ?)
            """;

    private final Transactions transactions;
    private final Cache<Features, Prediction> cache;
    private final AuditLog audit;
    private final Ids ids;

    Predictor(DataSource writes, Cache<Features, Prediction> cache, AuditLog audit, Ids ids) {
        this.transactions = Transactions.on(writes);
        this.cache = cache;
        this.audit = audit;
        this.ids = ids;
    }

    /** Returns the prediction for these features; computed and recorded at most once while it is cached. */
    Prediction predict(Features features, @Nullable String userId) throws SQLException {
        return cache.get(features, key -> transactions.call(tx -> compute(tx, key, userId)));
    }

    private Prediction compute(Transaction tx, Features features, @Nullable String userId) throws SQLException {
        Prediction prediction = nearest(tx, features);
        try (PreparedStatement insert = tx.connection().prepareStatement(RECORD)) {
            insert.setString(1, prediction.id());
            insert.setString(2, userId);
            insert.setDouble(3, features.sepalLength());
            insert.setDouble(4, features.sepalWidth());
            insert.setDouble(5, features.petalLength());
            insert.setDouble(6, features.petalWidth());
            insert.setString(7, prediction.species());
            insert.setInt(8, prediction.votes());
            insert.setInt(9, prediction.neighbours());
            insert.executeUpdate();
        }
        audit.record(tx, userId == null ? "anonymous" : userId, "predict", prediction.id());
        return prediction;
    }

    private Prediction nearest(Transaction tx, Features features) throws SQLException {
        double[] measures = {
            features.sepalLength(), features.sepalWidth(), features.petalLength(), features.petalWidth()
        };
        try (PreparedStatement query = tx.connection().prepareStatement(NEAREST)) {
            int parameter = 1;
            for (double measure : measures) {
                query.setDouble(parameter++, measure);
                query.setDouble(parameter++, measure);
            }
            query.setInt(parameter, NEIGHBOURS);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    throw new SQLException("the table flowers is empty; apply the migrations again");
                }
                return new Prediction(ids.next(), rows.getString("species"), rows.getInt("votes"), NEIGHBOURS);
            }
        }
    }
}
