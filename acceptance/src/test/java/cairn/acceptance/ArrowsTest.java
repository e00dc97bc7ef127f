package cairn.acceptance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dependencies point one way (docs/ARCHITECTURE.md): between modules, and between the packages of the engine. */
final class ArrowsTest {
    private static JavaClasses cairn;

    @BeforeAll
    static void read() {
        cairn = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("cairn");
    }

    /** What each module may use of Cairn, besides itself. */
    private static final Map<String, List<String>> MODULES = Map.of(
            "hostile", List.of(),
            "linux", List.of(),
            "oci", List.of(),
            "wire", List.of(),
            "engine", List.of("oci", "linux", "wire"),
            "daemon", List.of("engine", "oci", "wire", "linux"),
            "cli", List.of("wire", "linux", "oci"));

    /** What each package of the engine may use of the engine, besides itself. */
    private static final Map<String, List<String>> ENGINE = Map.ofEntries(
            Map.entry("error", List.of()),
            Map.entry("plan", List.of()),
            Map.entry("event", List.of()),
            Map.entry("store", List.of("error", "plan", "event")),
            Map.entry("log", List.of("store", "error", "plan", "event")),
            Map.entry("layer", List.of("log", "store", "error", "plan", "event")),
            Map.entry("volume", List.of("log", "store", "error", "plan", "event")),
            Map.entry("network", List.of("log", "store", "error", "plan", "event")),
            Map.entry("name", List.of()),
            Map.entry("image", List.of("layer", "volume", "network", "log", "store", "error", "plan", "event")),
            Map.entry("distribution", List.of("image", "layer", "store", "error")),
            Map.entry("launch", List.of("plan", "error")),
            Map.entry(
                    "container",
                    List.of(
                            "launch", "image", "layer", "volume", "name", "network", "log", "store", "error", "plan",
                            "event")),
            Map.entry("hostimage", List.of("image", "layer", "store", "error")),
            Map.entry("check", List.of("image", "layer", "store", "error")),
            Map.entry("lab", List.of("launch", "layer", "plan", "error")),
            Map.entry(
                    "build",
                    List.of(
                            "container",
                            "launch",
                            "image",
                            "layer",
                            "volume",
                            "network",
                            "log",
                            "store",
                            "error",
                            "plan",
                            "event")),
            Map.entry("reach", List.of("explain", "container", "name", "network", "error")),
            Map.entry(
                    "explain",
                    List.of(
                            "container",
                            "launch",
                            "image",
                            "layer",
                            "volume",
                            "network",
                            "log",
                            "store",
                            "error",
                            "plan",
                            "event")));

    @Test
    void allModulesAreLookedAt() {
        for (String module : MODULES.keySet()) {
            assertThat(cairn.stream().filter(type -> type.getPackageName().startsWith("cairn." + module)))
                    .as("classes of " + module)
                    .isNotEmpty();
        }
    }

    @Test
    void modulesUseOnlyWhatIsBelowThem() {
        MODULES.forEach((module, below) -> onlyDependOn("cairn." + module, "cairn.", below, List.of("cairn")));
    }

    @Test
    void enginePackagesUseOnlyWhatIsBelowThem() {
        // The root package wires them all together; it is used by none of them.
        ENGINE.forEach((name, below) -> onlyDependOn(
                "cairn.engine." + name, "cairn.engine.", below, List.of("cairn.engine", "cairn.engine..")));
    }

    private static void onlyDependOn(String origin, String prefix, List<String> below, List<String> scope) {
        List<String> fine = new ArrayList<>(List.of(origin + ".."));
        below.forEach(name -> fine.add(prefix + name + ".."));
        String[] watched = scope.contains("cairn") ? new String[] {"cairn.."} : scope.toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(origin + "..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(watched).and(resideOutsideOfPackages(fine.toArray(String[]::new))))
                .because("%s may use only itself and %s".formatted(origin, below))
                .allowEmptyShould(true)
                .check(cairn);
    }

    @Test
    void noPackageOfTheEngineIsForgottenHere() {
        List<String> found = cairn.stream()
                .map(type -> type.getPackageName())
                .filter(name -> name.startsWith("cairn.engine."))
                .map(name -> name.split("\\.")[2])
                .distinct()
                .toList();
        assertThat(ENGINE.keySet()).containsAll(found);
    }

    @Test
    void packagesHaveNoCycles() {
        for (String module : MODULES.keySet()) {
            slices().matching("cairn." + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(cairn);
        }
    }

    @Test
    void onlyOneDoorIsNative() {
        noClasses()
                .that()
                .resideOutsideOfPackage("cairn.linux..")
                .should()
                .dependOnClassesThat(resideInAPackage("java.lang.foreign.."))
                .because("system calls have one door, cairn.linux")
                .check(cairn);
    }

    @Test
    void cliUsesNothingOfLinuxButTheTerminal() {
        noClasses()
                .that()
                .resideInAPackage("cairn.cli..")
                .should()
                .dependOnClassesThat(resideInAPackage("cairn.linux..")
                        .and(DescribedPredicate.describe(
                                "are not about the terminal",
                                type -> !type.getName().startsWith("cairn.linux.Terminal")
                                        && !type.getName().startsWith("cairn.linux.LinuxException"))))
                .allowEmptyShould(true)
                .check(cairn);
    }

    @Test
    void plansArePlainData() {
        // LaunchPlanner is tested without a kernel; it stays so only while it touches nothing. A Path is a value.
        noClasses()
                .that()
                .haveSimpleName("LaunchPlanner")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "cairn.linux..", "java.io..", "java.nio.channels..", "java.lang.foreign..", "java.net..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .allowEmptyShould(true)
                .check(cairn);
    }

    @Test
    void namesSaySomething() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .because("a name should say what the thing is")
                .check(cairn);
        classes()
                .should()
                .resideOutsideOfPackages("..util..", "..common..", "..helper..", "..manager..")
                .because("a package holds one concept")
                .check(cairn);
    }
}
