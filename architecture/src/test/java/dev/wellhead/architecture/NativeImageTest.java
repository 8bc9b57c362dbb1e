package dev.wellhead.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The jars tell native-image what it cannot see for itself. Without an image builder at hand this is judged by the byte code:
 * each call by which a class, a member or a resource could be reached by its name is on a list here, with where it is met.
 */
class NativeImageTest {
    private static final String HOST = "the host names the class, and tells of it";
    private static final String METADATA = "metadata";
    private static final String CONSTANT = "constants only, which the builder computes";

    /** Who reaches what by name, and how a native image knows of it. */
    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("dev.wellhead.jdbc.internal.XxHash64: MethodHandles.byteArrayViewVarHandle", CONSTANT),
            Map.entry("dev.wellhead.pool.Slot: MethodHandles$Lookup.findVarHandle", METADATA),
            Map.entry("dev.wellhead.pool.OpenResources: MethodHandles$Lookup.findVarHandle", METADATA),
            Map.entry("dev.wellhead.pool.PoolBean: MBeanServer.registerMBean", METADATA),
            Map.entry("dev.wellhead.pool.WellheadDataSource: Class.forName", HOST),
            Map.entry("dev.wellhead.migrate.CodeConnection: Proxy.newProxyInstance", METADATA),
            Map.entry("dev.wellhead.migrate.CodeConnection: Method.invoke", METADATA),
            Map.entry("dev.wellhead.migrate.ClasspathFolder: ClassLoader.getResource", HOST),
            Map.entry("dev.wellhead.migrate.ClasspathFolder: ClassLoader.getResources", HOST),
            Map.entry("dev.wellhead.migrate.ClasspathFolder: ModuleReader.open", HOST),
            Map.entry("dev.wellhead.ratelimit.Bucket: MethodHandles$Lookup.findVarHandle", METADATA),
            Map.entry("dev.wellhead.ratelimit.Receipt: MethodHandles$Lookup.findVarHandle", METADATA),
            Map.entry("dev.wellhead.console.Assets: Class.getResourceAsStream", METADATA),
            Map.entry("dev.wellhead.spring.ErrorTable: Class.getResourceAsStream", METADATA),
            Map.entry("dev.wellhead.spring.Drivers: Class.forName", HOST));

    private static final Map<BuiltModule, JavaClasses> CLASSES = new ConcurrentHashMap<>();

    private static final Map<String, Set<String>> BY_NAME = Map.ofEntries(
            Map.entry(
                    "java.lang.Class",
                    Set.of(
                            "forName",
                            "newInstance",
                            "getResource",
                            "getResourceAsStream",
                            "getMethod",
                            "getMethods",
                            "getDeclaredMethod",
                            "getDeclaredMethods",
                            "getField",
                            "getFields",
                            "getDeclaredField",
                            "getDeclaredFields",
                            "getConstructor",
                            "getConstructors",
                            "getDeclaredConstructor",
                            "getDeclaredConstructors",
                            "getRecordComponents",
                            "getPermittedSubclasses")),
            Map.entry(
                    "java.lang.ClassLoader",
                    Set.of(
                            "loadClass",
                            "getResource",
                            "getResources",
                            "resources",
                            "getResourceAsStream",
                            "getSystemResource",
                            "getSystemResources",
                            "getSystemResourceAsStream")),
            Map.entry("java.lang.Module", Set.of("getResourceAsStream")),
            Map.entry("java.lang.module.ModuleReader", Set.of("open", "read", "find")),
            Map.entry("java.lang.reflect.Proxy", Set.of("newProxyInstance", "getProxyClass")),
            Map.entry("java.lang.reflect.Method", Set.of("invoke")),
            Map.entry("java.lang.reflect.Constructor", Set.of("newInstance")),
            Map.entry("java.lang.reflect.Field", Set.of("get", "set", "getInt", "setInt", "getLong", "setLong")),
            Map.entry("java.lang.reflect.Array", Set.of("newInstance")),
            Map.entry(
                    "java.lang.invoke.MethodHandles",
                    Set.of("privateLookupIn", "byteArrayViewVarHandle", "byteBufferViewVarHandle")),
            Map.entry(
                    "java.lang.invoke.MethodHandles$Lookup",
                    Set.of(
                            "findVarHandle",
                            "findStaticVarHandle",
                            "findVirtual",
                            "findStatic",
                            "findSpecial",
                            "findConstructor",
                            "findGetter",
                            "findSetter",
                            "findStaticGetter",
                            "findStaticSetter",
                            "findClass",
                            "unreflect",
                            "unreflectVarHandle",
                            "defineClass",
                            "defineHiddenClass")),
            Map.entry("java.util.ServiceLoader", Set.of("load", "loadInstalled")),
            Map.entry("java.util.ResourceBundle", Set.of("getBundle")),
            Map.entry("java.util.concurrent.atomic.AtomicIntegerFieldUpdater", Set.of("newUpdater")),
            Map.entry("java.util.concurrent.atomic.AtomicLongFieldUpdater", Set.of("newUpdater")),
            Map.entry("java.util.concurrent.atomic.AtomicReferenceFieldUpdater", Set.of("newUpdater")),
            Map.entry("java.io.ObjectInputStream", Set.of("<init>", "readObject")),
            Map.entry("java.io.ObjectOutputStream", Set.of("<init>", "writeObject")),
            Map.entry("javax.management.MBeanServer", Set.of("registerMBean")),
            Map.entry("javax.management.JMX", Set.of("newMBeanProxy", "newMXBeanProxy")),
            Map.entry("java.lang.System", Set.of("load", "loadLibrary")),
            Map.entry("java.lang.Runtime", Set.of("load", "loadLibrary")));

    /** The program is run by a JVM; its commands are found by their annotations. */
    static List<BuiltModule> libraries() throws IOException {
        List<BuiltModule> libraries = new ArrayList<>(BuiltModule.all());
        libraries.removeIf(module -> module.artifact().equals("wellhead-cli"));
        return libraries;
    }

    @Test
    void whatIsReachedByNameIsKnownAndMet() throws IOException {
        Set<String> found = new TreeSet<>();
        for (BuiltModule module : libraries()) {
            assumeCompiled(module);
            found.addAll(reachedByName(classes(module)));
        }

        assertThat(found)
                .as(
                        "reached by name; say in KNOWN, in META-INF/native-image and in docs/native-image.md how an image knows")
                .containsExactlyInAnyOrderElementsOf(KNOWN.keySet());
    }

    @Test
    void callsByNameAreFound() {
        assertThat(reachedByName(new ClassFileImporter().importClasses(Planted.class)))
                .containsExactly(
                        Planted.class.getName() + ": Class.forName",
                        Planted.class.getName() + ": Class.getResourceAsStream");
    }

    /** What the scan has to find. */
    private static final class Planted {
        static Object planted(String name) throws ClassNotFoundException {
            Class<?> type = Class.forName(name);
            java.util.function.Function<String, java.io.InputStream> reference = type::getResourceAsStream;
            return reference;
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void metadataNamesWhatIsThere(BuiltModule module) throws Exception {
        assumeCompiled(module);
        JavaClasses classes = classes(module);

        for (Map<?, ?> entry : entries(module, "reflection")) {
            if (entry.get("condition") instanceof Map<?, ?> condition) {
                assertThat(classes.contain((String) condition.get("typeReached")))
                        .as("condition " + condition)
                        .isTrue();
            }
            if (entry.get("type") instanceof String name && name.startsWith("dev.wellhead.")) {
                Set<String> fields = classes.get(name).getFields().stream()
                        .map(field -> field.getName())
                        .collect(Collectors.toSet());
                assertThat(fields).as("fields of " + name).containsAll(fields(entry));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void eachVariableHandleHasItsField(BuiltModule module) throws IOException {
        assumeCompiled(module);
        Set<String> withFields = new HashSet<>();
        for (Map<?, ?> entry : entries(module, "reflection")) {
            if (!fields(entry).isEmpty()) {
                withFields.add((String) entry.get("type"));
            }
        }

        for (JavaClass type : classes(module)) {
            long handles = type.getMethodCallsFromSelf().stream()
                    .filter(call -> call.getTarget().getName().equals("findVarHandle"))
                    .count();
            long named = entries(module, "reflection").stream()
                    .filter(entry -> type.getName().equals(entry.get("type")))
                    .mapToLong(entry -> fields(entry).size())
                    .sum();
            assertThat(named)
                    .as("fields of " + type.getName() + " in the metadata")
                    .isEqualTo(handles);
            withFields.remove(type.getName());
        }
        assertThat(withFields).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void eachResourceOfOursIsInTheImage(BuiltModule module) throws IOException {
        assumeCompiled(module);
        List<String> globs = entries(module, "resources").stream()
                .map(entry -> (String) entry.get("glob"))
                .toList();
        Set<String> resources = new TreeSet<>();
        try (Stream<Path> files = Files.walk(module.classes())) {
            files.filter(Files::isRegularFile)
                    .map(file -> module.classes().relativize(file).toString())
                    .filter(name -> name.startsWith("dev/") && !name.endsWith(".class"))
                    .forEach(resources::add);
        }

        assertThat(resources.stream().filter(name -> globs.stream().noneMatch(glob -> matches(glob, name))))
                .as("resources that no glob of the metadata names")
                .isEmpty();
        assertThat(globs.stream().filter(glob -> resources.stream().noneMatch(name -> matches(glob, name))))
                .as("globs that match nothing")
                .isEmpty();
    }

    private static boolean matches(String glob, String name) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(name));
    }

    private static void assumeCompiled(BuiltModule module) {
        Assumptions.assumeTrue(Files.isDirectory(module.classes()), module + " was not compiled by this build");
    }

    private static JavaClasses classes(BuiltModule module) {
        return CLASSES.computeIfAbsent(module, NativeImageTest::imported);
    }

    /** Only what the module holds is asked about; to look up all that this names takes minutes. */
    private static JavaClasses imported(BuiltModule module) {
        return ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return new ClassFileImporter().importPath(module.classes());
        });
    }

    private static Set<String> reachedByName(JavaClasses classes) {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : classes) {
            Stream.of(
                            type.getMethodCallsFromSelf().stream(),
                            type.getConstructorCallsFromSelf().stream(),
                            type.getMethodReferencesFromSelf().stream(),
                            type.getConstructorReferencesFromSelf().stream())
                    .flatMap(accesses -> accesses)
                    .map(access -> access.getTarget())
                    .filter(target -> BY_NAME.getOrDefault(target.getOwner().getName(), Set.of())
                            .contains(target.getName()))
                    .map(NativeImageTest::shortly)
                    .forEach(call -> found.add(type.getName() + ": " + call));
        }
        return found;
    }

    private static String shortly(CodeUnitAccessTarget target) {
        String owner = target.getOwner().getName();
        return owner.substring(owner.lastIndexOf('.') + 1) + "." + target.getName();
    }

    private static List<String> fields(Map<?, ?> entry) {
        List<String> names = new ArrayList<>();
        if (entry.get("fields") instanceof List<?> fields) {
            fields.forEach(field -> names.add((String) ((Map<?, ?>) field).get("name")));
        }
        return names;
    }

    /** The entries of this kind in a module's metadata; none if it has no such file. */
    private static List<Map<?, ?>> entries(BuiltModule module, String kind) throws IOException {
        Path file = module.classes()
                .resolve("META-INF/native-image/dev.wellhead")
                .resolve(module.artifact())
                .resolve("reachability-metadata.json");
        List<Map<?, ?>> entries = new ArrayList<>();
        if (Files.exists(file)) {
            Map<?, ?> root =
                    (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            assertThat(root.keySet().stream().map(Object::toString))
                    .as("keys of the metadata")
                    .isSubsetOf("comment", "reflection", "resources");
            if (root.get(kind) instanceof List<?> list) {
                list.forEach(entry -> entries.add((Map<?, ?>) entry));
            }
        }
        return entries;
    }
}
