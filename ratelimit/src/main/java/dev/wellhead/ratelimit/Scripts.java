package dev.wellhead.ratelimit;

/** The scripts of a limiter. */
record Scripts(LimitScript limit, CombinedScript combined, RefundScript refund, PermitScript permit) {
    Scripts() {
        this(new LimitScript(), new CombinedScript(), new RefundScript(), new PermitScript());
    }
}
