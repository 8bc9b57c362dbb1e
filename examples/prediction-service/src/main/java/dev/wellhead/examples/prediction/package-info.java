/**
 * A small HTTP service as a team would write it on Wellhead: users, predictions by nearest neighbours, and the operations
 * around them. {@link dev.wellhead.examples.prediction.PredictionService} wires the modules; {@link
 * dev.wellhead.examples.prediction.Quickstart} is the same in thirty lines.
 */
@NullMarked
package dev.wellhead.examples.prediction;

import org.jspecify.annotations.NullMarked;
