package dev.wellhead.benchmarks;

/** Which side of its target a figure should lie on. */
enum Comparison {
    /** Smaller is better. */
    AT_MOST("<="),
    /** Larger is better. */
    AT_LEAST(">=");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    /** Returns whether the value lies on the good side; the target itself does. */
    boolean holds(double value, double target) {
        return this == AT_MOST ? value <= target : value >= target;
    }

    @Override
    public String toString() {
        return sign;
    }
}
