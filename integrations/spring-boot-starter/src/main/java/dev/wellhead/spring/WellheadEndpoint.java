package dev.wellhead.spring;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** The actuator's endpoint {@code wellhead}: how everything stands, as JSON. Only reads; shows no secret and no SQL. */
@Endpoint(id = "wellhead")
public final class WellheadEndpoint {
    private final Overview overview;

    WellheadEndpoint(Overview overview) {
        this.overview = overview;
    }

    /** Returns how everything stands. */
    @ReadOperation
    public Map<String, Object> wellhead() {
        return overview.details();
    }
}
