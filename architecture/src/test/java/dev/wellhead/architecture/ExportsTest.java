package dev.wellhead.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a module shows, its user can name. This is javac's lint "exports", which is off: it also asks that the module of the
 * annotations for null be passed on, and then every user's compiler would ask for that module.
 */
class ExportsTest {
    private static final Map<String, ModuleDescriptor> DESCRIPTORS = new HashMap<>();

    @BeforeAll
    static void readDescriptors() throws IOException {
        for (URL url : Collections.list(ExportsTest.class.getClassLoader().getResources("module-info.class"))) {
            try (InputStream descriptor = url.openStream()) {
                ModuleDescriptor module = ModuleDescriptor.read(descriptor);
                DESCRIPTORS.put(module.name(), module);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core",
                "jdbc",
                "redis",
                "pool",
                "migrate",
                "backup",
                "cache",
                "ratelimit",
                "micrometer",
                "opentelemetry",
                "console"
            })
    void typesThatAModuleShowsBelongToModulesThatItPassesOn(String name) {
        ModuleDescriptor module = DESCRIPTORS.get("dev.wellhead." + name);
        Set<JavaClass> shown = shownBy(module);
        Set<String> passedOn = new HashSet<>();
        passOn(module.name(), passedOn);
        passedOn.addAll(broughtByTheHost(module));

        assertThat(shown).isNotEmpty();
        assertThat(shown.stream()
                        .filter(type -> !passedOn.contains(moduleOf(type)))
                        .map(type -> type.getName() + " of " + moduleOf(type)))
                .isEmpty();
    }

    @Test
    void aModuleThatIsNotPassedOnIsTold() {
        ModuleDescriptor pool = DESCRIPTORS.get("dev.wellhead.pool");
        Set<String> passedOn = new HashSet<>();
        passOn("dev.wellhead.core", passedOn);

        assertThat(shownBy(pool).stream().map(ExportsTest::moduleOf))
                .contains("java.sql")
                .anyMatch(name -> !passedOn.contains(name));
    }

    @Test
    void annotationsForNullAreNotPassedOn() {
        assertThat(DESCRIPTORS.values().stream()
                        .filter(module -> module.name().startsWith("dev.wellhead."))
                        .flatMap(module -> module.requires().stream())
                        .filter(required -> required.name().equals("org.jspecify"))
                        .map(ModuleDescriptor.Requires::modifiers))
                .hasSize(11)
                .containsOnly(Set.of(Modifier.STATIC));
    }

    /** The module, java.base, and what it requires transitively, as a user that requires only this module sees it. */
    private static void passOn(String module, Set<String> passedOn) {
        passedOn.add("java.base");
        if (passedOn.add(module) && DESCRIPTORS.containsKey(module)) {
            DESCRIPTORS.get(module).requires().stream()
                    .filter(required -> required.modifiers().contains(Modifier.TRANSITIVE))
                    .forEach(required -> passOn(required.name(), passedOn));
        }
    }

    /** All types in the signatures that a user of the module can see. */
    private static Set<JavaClass> shownBy(ModuleDescriptor module) {
        Set<String> packages = module.exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toCollection(TreeSet::new));
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(packages);

        return classes.stream()
                .filter(type -> packages.contains(type.getPackageName()))
                .filter(ExportsTest::isVisible)
                .flatMap(ExportsTest::signatures)
                .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                .map(type -> type.getBaseComponentType())
                .filter(type -> !type.isPrimitive())
                .collect(Collectors.toSet());
    }

    private static Stream<JavaType> signatures(JavaClass type) {
        Stream<JavaType> above = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaType> members = type.getMembers().stream()
                .filter(member -> seen(member.getModifiers()))
                .flatMap(ExportsTest::signature);
        return Stream.concat(above, members);
    }

    private static Stream<JavaType> signature(JavaMember member) {
        if (member instanceof JavaField field) {
            return Stream.of(field.getType());
        }
        JavaCodeUnit code = (JavaCodeUnit) member;
        return Stream.of(
                        Stream.of(code.getReturnType()),
                        code.getParameterTypes().stream(),
                        code.getExceptionTypes().stream().map(JavaType.class::cast))
                .flatMap(types -> types);
    }

    private static boolean isVisible(JavaClass type) {
        return seen(type.getModifiers())
                && type.getEnclosingClass().map(ExportsTest::isVisible).orElse(true);
    }

    private static boolean seen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    /** Whoever wants a part that needs an optional module brings that, and requires it himself. */
    private static Set<String> broughtByTheHost(ModuleDescriptor module) {
        return module.requires().stream()
                .filter(required -> required.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .map(ModuleDescriptor.Requires::name)
                .collect(Collectors.toSet());
    }

    private static String moduleOf(JavaClass type) {
        if (type.getPackageName().startsWith("software.amazon.awssdk.services.s3")) {
            // Is not on this class path, and has no descriptor, only a name in its manifest.
            return "software.amazon.awssdk.services.s3";
        }
        Module module = type.reflect().getModule();
        if (module.isNamed()) {
            return module.getName();
        }
        if (type.getPackageName().startsWith("io.lettuce.")) {
            // Has no descriptor, only a name in its manifest.
            return "lettuce.core";
        }
        if (type.getPackageName().startsWith("io.micrometer.core.")) {
            return "micrometer.core";
        }
        if (type.getPackageName().startsWith("io.opentelemetry.api")) {
            return "io.opentelemetry.api";
        }
        return DESCRIPTORS.values().stream()
                .filter(descriptor -> descriptor.exports().stream()
                        .anyMatch(export -> export.source().equals(type.getPackageName())))
                .map(ModuleDescriptor::name)
                .findAny()
                .orElse("no module that exports it");
    }
}
