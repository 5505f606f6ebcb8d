package dev.tidemark.portability;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the arrows between the packages of this module; {@link #ARROWS} is the whole list. */
final class ArchitectureTest {
  private static final String ROOT = "dev.tidemark.portability";
  private static final String RUNNER = "dev.tidemark.runner";
  private static final String TRANSLATION = "dev.tidemark.translation";
  private static final String GRAPH = TRANSLATION + ".graph";
  private static final String GRPC = "io.grpc..";
  private static final String VENDORED_GRPC = "org.apache.beam.vendor.grpc..io.grpc..";

  /**
   * A package of this module, without its subpackages, and what else of Tidemark it may use: names
   * in this module, or whole ones.
   */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("id", Set.of()),
          Map.entry("text", Set.of()),
          Map.entry("worker", Set.of()),
          Map.entry("grpc", Set.of()),
          Map.entry(
              "bundle",
              Set.of(
                  "text",
                  "worker",
                  RUNNER + ".stage..",
                  RUNNER + ".exchange",
                  GRAPH,
                  TRANSLATION + ".wire")),
          Map.entry("fn", Set.of("id", "text", "worker", "grpc")),
          // What images tell of SDKs.
          Map.entry("environment", Set.of("worker", "fn", "environment.process", GRAPH)),
          Map.entry(
              "environment.launch",
              Set.of(
                  "id",
                  "environment",
                  "environment.process",
                  "grpc",
                  "javaworker",
                  // What to tell the JVM of a Java job, and how clients ask for one.
                  RUNNER + ".job.jvm",
                  RUNNER + ".job.remote",
                  GRAPH)),
          Map.entry("environment.process", Set.of("text")),
          Map.entry("javaworker", Set.of()),
          Map.entry(
              "expansion",
              // Of the process's program only how to talk to it.
              Set.of("grpc", "job.artifact", "environment.process", "dev.tidemark.expansion")),
          Map.entry("job", Set.of("id", "text", "grpc", "job.artifact")),
          Map.entry("job.artifact", Set.of("grpc", RUNNER + ".exchange")),
          Map.entry(
              "server",
              Set.of(
                  "id",
                  "worker",
                  "grpc",
                  "bundle",
                  "fn",
                  "environment",
                  "environment.launch",
                  "environment.process",
                  "expansion",
                  "job",
                  "job.artifact",
                  RUNNER + ".epoch",
                  // The memory that all jobs have together.
                  RUNNER + ".exchange",
                  RUNNER + ".job",
                  RUNNER + ".metrics",
                  RUNNER + ".stage",
                  // What ./tidemark state lists and removes, and what jobs go on from.
                  RUNNER + ".state",
                  RUNNER + ".state.description",
                  RUNNER + ".state.directory",
                  RUNNER + ".state.rocks",
                  TRANSLATION,
                  // The problems of a pipeline that is refused.
                  TRANSLATION + ".rewrite",
                  GRAPH)));

  /** Packages that speak gRPC; all others know the messages only. */
  private static final Set<String> GRPC_USERS =
      Set.of(
          "grpc",
          "fn",
          "environment.launch",
          "javaworker",
          "expansion",
          "job",
          "job.artifact",
          "server");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @TestFactory
  Stream<DynamicTest> everyPackageKeepsToItsArrows() {
    return ARROWS.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey() + " -> " + new TreeSet<>(entry.getValue()),
                    () -> keepsTo(entry.getKey(), entry.getValue())));
  }

  private static void keepsTo(String name, Set<String> allowed) {
    List<String> packages =
        Stream.concat(Stream.of(name), allowed.stream())
            .map(target -> target.startsWith("dev.") ? target : ROOT + "." + target)
            .toList();
    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + name)
        .should()
        .dependOnClassesThat(resideInAPackage("dev.tidemark..").and(outside(packages)))
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> outside(List<String> packages) {
    return DescribedPredicate.not(resideInAnyPackage(packages.toArray(String[]::new)))
        .as("are outside of %s", packages);
  }

  @Test
  void everyPackageIsInTheList() {
    Set<String> packages =
        CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
    assertThat(packages).allMatch(name -> name.startsWith(ROOT + "."));
    assertThat(packages)
        .extracting(name -> name.substring(ROOT.length() + 1))
        .containsExactlyInAnyOrderElementsOf(ARROWS.keySet());
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void grpcStaysWhereItIsSpoken() {
    noClasses()
        .that(outside(GRPC_USERS.stream().map(name -> ROOT + "." + name).toList()))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(GRPC, VENDORED_GRPC)
        .check(CLASSES);
  }

  @Test
  void onlyTheAdapterKnowsTheTransport() {
    noClasses()
        .that(outside(List.of(ROOT + ".grpc")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc.netty..", "io.netty..", "com.google.protobuf..")
        .check(CLASSES);
  }

  /** The server hands metrics on as the runner gives them; nothing else of runners-core is here. */
  @Test
  void runnersCoreIsNotUsedHere() {
    DescribedPredicate<JavaClass> runners = resideInAPackage("org.apache.beam.runners..");
    noClasses()
        .that(outside(List.of(ROOT + ".server")))
        .should()
        .dependOnClassesThat(runners)
        .check(CLASSES);
    noClasses()
        .should()
        .dependOnClassesThat(
            runners.and(
                DescribedPredicate.not(resideInAPackage("org.apache.beam.runners.core.metrics"))))
        .check(CLASSES);
  }

  /** What clients have serialized is for their harnesses; those who hydrate it are not used. */
  @Test
  void nothingOfAClientIsDeserialized() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ObjectOutputStream.class)
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("org\\.apache\\.beam\\.sdk\\.util\\.SerializableUtils")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching(
            "org\\.apache\\.beam\\.sdk\\.util\\.construction\\.(?!PTransform).*Translation(\\$.*)?")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("org\\.apache\\.beam\\.sdk\\.util\\.construction\\.RehydratedComponents")
        .check(CLASSES);
  }

  /** That would run what clients choose, on what they send. */
  @Test
  void nothingIsExpandedInTheServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.beam.sdk.expansion..")
        .orShould()
        .dependOnClassesThat(
            resideInAPackage("dev.tidemark.expansion")
                .and(DescribedPredicate.not(JavaClass.Predicates.simpleName("ExpansionProtocol"))))
        .check(CLASSES);
  }

  /** A client names URLs and paths on file systems of Beam, and stages jars. */
  @Test
  void nothingThatAClientNamesIsOpenedOrLoaded() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(URL.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(URLConnection.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(URLClassLoader.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net.http..", "org.apache.beam.sdk.io..")
        .check(CLASSES);
  }

  @Test
  void onlyChildProcessesAndTheSearchForDockerStartPrograms() {
    noClasses()
        .that(
            DescribedPredicate.not(
                JavaClass.Predicates.simpleName("ChildProcess")
                    .or(JavaClass.Predicates.simpleName("DockerEngine"))))
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .orShould()
        .callMethod(Runtime.class, "exec", String.class)
        .orShould()
        .callMethod(Runtime.class, "exec", String[].class)
        .check(CLASSES);
  }

  @Test
  void everyPackageIsDescribedAndNullMarked() {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass each : CLASSES) {
      JavaPackage home = each.getPackage();
      if (!home.isAnnotatedWith(NullMarked.class)) {
        unmarked.add(home.getName());
      }
    }
    assertThat(unmarked).as("packages without a @NullMarked package-info.java").isEmpty();
  }

  @Test
  void noStateIsStatic() {
    fields()
        .that()
        .areStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .beFinal()
        .check(CLASSES);
  }
}
