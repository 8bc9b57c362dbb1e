package dev.wellhead.examples.prediction;

import dev.wellhead.cache.Cache;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code POST /predict}. */
final class PredictionRoutes {
    private final Predictor predictor;
    private final Cache<Features, Prediction> cache;

    PredictionRoutes(Predictor predictor, Cache<Features, Prediction> cache) {
        this.predictor = predictor;
        this.cache = cache;
    }

    void addTo(HttpApi http, Guard guard) {
        http.route("POST", "/predict", guard.limited(this::predict));
    }

    private Response predict(Request request) throws SQLException, IOException {
        Features features = new Features(
                request.number("sepalLength"),
                request.number("sepalWidth"),
                request.number("petalLength"),
                request.number("petalWidth"));
        long loadsBefore = cache.stats().loads();
        Prediction prediction = predictor.predict(features, request.optionalText("userId", 36));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("prediction", prediction);
        // Another request may load at the same time: good enough for a person who watches, no more is promised.
        body.put("cached", cache.stats().loads() == loadsBefore);
        return Response.json(200, body);
    }
}
