package dev.wellhead.examples.prediction;

/** The measures of one flower, in centimetres. */
record Features(double sepalLength, double sepalWidth, double petalLength, double petalWidth) {
    private static final double LONGEST = 100;

    Features {
        check("sepalLength", sepalLength);
        check("sepalWidth", sepalWidth);
        check("petalLength", petalLength);
        check("petalWidth", petalWidth);
    }

    private static void check(String name, double value) {
        // Written so that NaN fails.
        if (!(value > 0 && value <= LONGEST)) {
            throw new BadRequestException(name + " must be above 0 and at most " + LONGEST + " (cm), was " + value);
        }
    }
}
