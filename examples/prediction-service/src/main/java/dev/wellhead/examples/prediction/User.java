package dev.wellhead.examples.prediction;

/** A user as the API shows it. */
record User(String id, String email, String name) {}
