package dev.wellhead.examples.prediction;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A species, and how many of the nearest neighbours are of it.
 *
 * @param id the row in {@code predictions} that holds it
 */
record Prediction(
        @JsonProperty("id") String id,
        @JsonProperty("species") String species,
        @JsonProperty("votes") int votes,
        @JsonProperty("neighbours") int neighbours) {}
