package dev.wellhead.benchmarks;

import java.io.IOException;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.Enumeration;
import org.slf4j.LoggerFactory;

/**
 * Builds one case in this fresh JVM and says what it took. Has neither lambdas nor joined strings before the measured part:
 * the first of their kind loads a part of the JDK, which whoever needs it must pay.
 */
final class StartupChild {
    private StartupChild() {}

    /** Measures the case that is named by the only argument. */
    public static void main(String[] arguments) throws Exception {
        openEveryJar();
        LoggerFactory.getLogger(StartupChild.class);
        StartupCase startup = StartupCases.named(arguments[0]);
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();

        long classesBefore = classes.getTotalLoadedClassCount();
        long start = System.nanoTime();
        Object built = startup.build();
        long nanos = System.nanoTime() - start;
        long classesAfter = classes.getTotalLoadedClassCount();

        try {
            System.out.println(StartupSet.MILLIS + "=" + nanos / 1e6);
            System.out.println(StartupSet.CLASSES + "=" + (classesAfter - classesBefore));
            System.out.println(StartupSet.JVM_CLASSES + "=" + classesAfter);
            System.out.flush();
        } finally {
            Reference.reachabilityFence(built);
        }
        // What was built may have threads, and stopping is not measured.
        Runtime.getRuntime().halt(0);
    }

    /** Else who stands last on the class path would pay for opening the jars of all others. */
    private static void openEveryJar() throws IOException {
        Enumeration<?> none = StartupChild.class.getClassLoader().getResources("no/such/resource");
        if (none.hasMoreElements()) {
            throw new AssertionError("no/such/resource exists");
        }
    }
}
