package dev.wellhead.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may know whom: the arrows between the modules, and what no module may know at all. */
class ArrowsTest {
    private static final List<String> MODULES = List.of(
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
            "console");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(MODULES.stream().map(name -> "dev.wellhead." + name).toArray(String[]::new));

    @Test
    void allModulesAreSeen() {
        Set<String> seen = CLASSES.stream()
                .map(type -> type.getPackageName().split("\\.")[2])
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(seen).containsExactlyInAnyOrderElementsOf(MODULES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "core          | -                              ",
                "jdbc          | core                           ",
                "redis         | core                           ",
                "pool          | core jdbc                      ",
                "migrate       | core jdbc                      ",
                "backup        | core jdbc                      ",
                "cache         | core redis                     ",
                "ratelimit     | core redis                     ",
                "micrometer    | core                           ",
                "opentelemetry | core pool migrate backup redis ",
                "console       | core jdbc redis pool migrate backup cache ratelimit",
            })
    void moduleKnowsOnlyThoseBelowIt(String module, String below) {
        Set<String> strangers = new TreeSet<>(MODULES);
        strangers.remove(module);
        strangers.removeAll(below == null ? List.of() : List.of(below.split(" ", -1)));
        String[] packages =
                strangers.stream().map(name -> "dev.wellhead." + name + "..").toArray(String[]::new);

        noClasses()
                .that(resideInAPackage("dev.wellhead." + module + ".."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages))
                .check(CLASSES);
    }

    @ParameterizedTest
    @CsvSource({
        "java.sql..,               core redis cache ratelimit",
        "javax.sql..,              core redis cache ratelimit",
        "io.lettuce..,             core jdbc pool migrate backup micrometer opentelemetry console",
        "com.github.benmanes..,    core jdbc redis pool migrate backup micrometer opentelemetry console",
        "org.postgresql..,         core jdbc redis pool cache ratelimit console",
        "org.sqlite..,             core jdbc redis pool migrate cache ratelimit console",
        "io.micrometer..,          core jdbc redis pool migrate backup cache ratelimit opentelemetry console",
        "io.opentelemetry..,       core jdbc redis pool migrate backup cache ratelimit micrometer console",
    })
    void foreignPackageIsUnknownToTheModulesThatDoNotNeedIt(String foreign, String modules) {
        for (String module : modules.split(" ", -1)) {
            noClasses()
                    .that(resideInAPackage("dev.wellhead." + module + ".."))
                    .should()
                    .dependOnClassesThat(resideInAPackage(foreign))
                    .check(CLASSES);
        }
    }

    @Test
    void packagesOfAModuleFormNoCycle() {
        for (String module : MODULES) {
            slices().matching("dev.wellhead." + module + ".(**)")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @Test
    void nothingIsSerializedByJava() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.io\\.Object(In|Out)putStream")
                .check(CLASSES);
    }

    @Test
    void noMethodIsSynchronizedAndNoFieldIsPublicOrThreadLocal() {
        noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).check(CLASSES);
        noFields().should().haveRawType(ThreadLocal.class).check(CLASSES);
        noFields()
                .that()
                .areDeclaredInClassesThat()
                .areNotEnums()
                .and()
                .areNotStatic()
                .should()
                .bePublic()
                .check(CLASSES);
    }

    @Test
    void exceptionsHaveACode() {
        classes()
                .that()
                .areAssignableTo(Exception.class)
                .and()
                .arePublic()
                .and()
                .resideOutsideOfPackage("..internal..")
                .should()
                .implement("dev.wellhead.core.Coded")
                .check(CLASSES);
    }

    @Test
    void eachModuleHasAboutADozenPublicTypesAtMost() {
        for (String module : MODULES) {
            long visible = CLASSES.stream()
                    .filter(type -> type.getPackageName().equals("dev.wellhead." + module))
                    .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                    .filter(JavaClass::isTopLevelClass)
                    .filter(type -> !type.getSimpleName().equals("package-info"))
                    .count();

            // migrate has most: each of its commands answers with a report of its own.
            assertThat(visible).as(module).isBetween(1L, 19L);
        }
    }
}
