package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.ChildJvm;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import javax.management.JMX;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import org.junit.jupiter.api.Test;

class PoolBeanTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private final FakeDatabase database = new FakeDatabase();

    static boolean registered(String pool) throws Exception {
        return SERVER.isRegistered(objectName(pool));
    }

    private static ObjectName objectName(String pool) throws Exception {
        return new ObjectName("dev.wellhead:type=ConnectionPool,name=\"" + pool + "\"");
    }

    @Test
    void poolIsNotShownUnlessAskedFor() throws Exception {
        try (ConnectionPool pool = FakeSource.pool(database).name("hidden").build()) {
            assertThat(pool.health().detail()).isNotEmpty();
            assertThat(registered("hidden")).isFalse();
        }
    }

    @Test
    void poolIsShownFromBuildToClose() throws Exception {
        ConnectionPool pool = FakeSource.pool(database).name("seen").jmx().build();
        boolean whileOpen = registered("seen");

        pool.close();

        assertThat(whileOpen).isTrue();
        assertThat(registered("seen")).isFalse();
    }

    @Test
    void attributesAreThePoolsNumbers() throws Exception {
        try (ConnectionPool pool =
                FakeSource.pool(database).name("numbers").maxSize(3).jmx().build()) {
            PoolMXBean bean = JMX.newMXBeanProxy(SERVER, objectName("numbers"), PoolMXBean.class);
            pool.getConnection().close();

            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select 'secret'");

                assertThat(bean.getName()).isEqualTo("numbers");
                assertThat(bean.getMaxSize()).isEqualTo(3);
                assertThat(bean.getSize()).isEqualTo(1);
                assertThat(bean.getActive()).isEqualTo(1);
                assertThat(bean.getIdle() + bean.getConnecting() + bean.getWaiting())
                        .isZero();
                assertThat(bean.getAcquired()).isEqualTo(2);
                assertThat(bean.getCreated()).isEqualTo(1);
                assertThat(bean.getTimeouts()
                                + bean.getRejected()
                                + bean.getConnectFailures()
                                + bean.getDiscarded()
                                + bean.getLeaksReported()
                                + bean.getReclaimed())
                        .isZero();
                assertThat(bean.getHealth()).startsWith("UP: size 1/3");
                assertThat(bean.getBorrowed())
                        .singleElement()
                        .satisfies(line -> assertThat(line)
                                .contains(Thread.currentThread().getName(), "select ")
                                .doesNotContain("secret"));
            }
        }
    }

    @Test
    void everyAttributeCanBeReadByAClientWithoutOurClasses() throws Exception {
        try (ConnectionPool pool = FakeSource.pool(database).name("plain").jmx().build()) {
            MBeanInfo info = SERVER.getMBeanInfo(objectName("plain"));

            for (var attribute : info.getAttributes()) {
                assertThat(SERVER.getAttribute(objectName("plain"), attribute.getName()))
                        .as(attribute.getName())
                        .isNotNull();
            }
            assertThat(info.getAttributes()).hasSize(17);
            assertThat(pool.stats().size()).isZero();
        }
    }

    @Test
    void operatorResizesSuspendsResumesAndEvicts() throws Exception {
        try (ConnectionPool pool =
                FakeSource.pool(database).name("operated").jmx().build()) {
            PoolMXBean bean = JMX.newMXBeanProxy(SERVER, objectName("operated"), PoolMXBean.class);
            FakeDatabase.Session first;
            try (Connection connection = pool.getConnection()) {
                first = FakeDatabase.session(connection);
            }

            bean.resize(7);
            bean.suspend(60);
            String suspended = bean.getHealth();
            boolean lentMeanwhile = pool.tryAcquire(Duration.ZERO).isPresent();
            bean.resume();
            bean.evict();

            assertThat(suspended).startsWith("DEGRADED: pool 'operated' is suspended");
            assertThat(lentMeanwhile).isFalse();
            assertThat(bean.getHealth()).startsWith("UP");
            assertThat(pool.stats().maxSize()).isEqualTo(7);
            try (Connection connection = pool.getConnection()) {
                assertThat(FakeDatabase.session(connection)).isNotSameAs(first);
            }
        }
    }

    @Test
    void operatorsBadValueIsRefusedAsTheMethodsAreRefused() throws Exception {
        try (ConnectionPool pool =
                FakeSource.pool(database).name("refusing").jmx().build()) {
            PoolMXBean bean = JMX.newMXBeanProxy(SERVER, objectName("refusing"), PoolMXBean.class);

            assertThatThrownBy(() -> bean.resize(0))
                    .isInstanceOfAny(IllegalArgumentException.class, RuntimeMBeanException.class)
                    .hasStackTraceContaining("maxSize must be >= 1, was 0");
            assertThatThrownBy(() -> bean.suspend(0)).hasStackTraceContaining("atMost must be > 0");
            assertThat(pool.stats().maxSize()).isEqualTo(10);
        }
    }

    @Test
    void nameThatIsTakenIsRefusedAndStartsNothing() throws Exception {
        try (ConnectionPool first =
                FakeSource.pool(database).name("twice").jmx().build()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> FakeSource.pool(database)
                            .name("twice")
                            .minIdle(1)
                            .jmx()
                            .build())
                    .withMessage("pool 'twice': jmx has a pool of this name already; give each pool its own name, and"
                            + " close those that are replaced");

            assertThat(registered("twice")).isTrue();
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().contains("twice"))
                    .hasSizeLessThanOrEqualTo(1);
            assertThat(database.connects.get()).isZero();
            assertThat(first.stats().size()).isZero();
        }
    }

    @Test
    void closingAPoolAgainLeavesItsSuccessorRegistered() throws Exception {
        ConnectionPool former = FakeSource.pool(database).name("heir").jmx().build();
        former.close();

        try (ConnectionPool heir = FakeSource.pool(database).name("heir").jmx().build()) {
            former.close();

            assertThat(registered("heir")).isTrue();
            assertThat(heir.stats().size()).isZero();
        }
        assertThat(registered("heir")).isFalse();
    }

    @Test
    void runtimeWithoutJmxHasPoolsAllTheSame() {
        Map<String, String> without = Map.of("JDK_JAVA_OPTIONS", "--limit-modules=java.sql,jdk.unsupported");
        try (ChildJvm child = ChildJvm.start(without, WithoutJmx.class)) {
            child.awaitLine("lent without jmx", Duration.ofSeconds(30));

            assertThat(child.awaitLine("refused: ", Duration.ofSeconds(30)))
                    .contains("pool 'test': jmx() needs the module java.management, which this runtime does not have;"
                            + " add it, or leave jmx() out");
            assertThat(child.awaitExit(Duration.ofSeconds(30))).isZero();
        }
    }

    /** Runs in a JVM that has no java.management. */
    static final class WithoutJmx {
        private WithoutJmx() {}

        public static void main(String[] arguments) throws Exception {
            PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
            FakeDatabase database = new FakeDatabase();
            try (ConnectionPool pool = FakeSource.pool(database).build()) {
                pool.getConnection().close();
                out.println("lent without jmx");
            }
            try {
                FakeSource.pool(database).jmx().build().close();
            } catch (IllegalStateException e) {
                out.println("refused: " + e.getMessage());
            }
        }
    }
}
