package dev.tidemark.runner;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the arrows between the packages of the engine; {@link #ARROWS} is the whole list. */
final class ArchitectureTest {
  private static final String ENGINE = "dev.tidemark.runner";
  private static final String GRAPH = "dev.tidemark.translation.graph";

  /** A package of the engine, with its subpackages, and what else of Tidemark it may use. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "exchange", Set.of(),
          "progress", Set.of(),
          "metrics", Set.of(),
          "schedule", Set.of(),
          "stage", Set.of(GRAPH, "exchange", "progress"),
          "state", Set.of(GRAPH, "exchange", "progress", "stage"),
          "source", Set.of(GRAPH, "exchange", "progress", "metrics", "schedule", "stage"),
          "deadletter", Set.of("stage"),
          "epoch",
              Set.of(
                  GRAPH,
                  "exchange",
                  "progress",
                  "metrics",
                  "schedule",
                  "stage",
                  "state",
                  "source",
                  "deadletter"),
          "job",
              Set.of(
                  "dev.tidemark.translation",
                  GRAPH,
                  "exchange",
                  "progress",
                  "metrics",
                  "schedule",
                  "stage",
                  "state",
                  "source",
                  "epoch"));

  /** Packages that may use the metrics classes of Beam's runners-core, and nothing else of it. */
  private static final List<String> BEAM_METRICS_USERS = List.of("metrics", "epoch", "job");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.tidemark");

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
    List<String> packages = new ArrayList<>(List.of(ENGINE + "." + name + ".."));
    for (String target : allowed) {
      packages.add(target.startsWith("dev.") ? target : ENGINE + "." + target + "..");
    }
    DescribedPredicate<JavaClass> elsewhere =
        resideInAPackage("dev.tidemark..")
            .and(DescribedPredicate.not(resideInAnyPackage(packages.toArray(new String[0]))))
            .as("other packages of Tidemark than %s", packages);
    noClasses()
        .that()
        .resideInAPackage(ENGINE + "." + name + "..")
        .should()
        .dependOnClassesThat(elsewhere)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyPackageOfTheEngineIsInTheList() {
    assertThat(CLASSES.getPackage(ENGINE).getSubpackages())
        .extracting(JavaPackage::getRelativeName)
        .isSubsetOf(ARROWS.keySet());
  }

  @Test
  void translationKnowsNoExecutor() {
    noClasses()
        .that()
        .resideInAPackage("dev.tidemark.translation..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ENGINE + "..", "org.apache.beam.runners..", "io.grpc..")
        .check(CLASSES);
  }

  @Test
  void onlyStageBeamKnowsRunnersCore() {
    String[] metricsUsers =
        BEAM_METRICS_USERS.stream().map(name -> ENGINE + "." + name + "..").toArray(String[]::new);
    DescribedPredicate<JavaClass> runnersCore = resideInAPackage("org.apache.beam.runners.core..");
    DescribedPredicate<JavaClass> metrics =
        resideInAPackage("org.apache.beam.runners.core.metrics..");
    noClasses()
        .that(
            resideInAPackage(ENGINE + "..")
                .and(DescribedPredicate.not(resideInAPackage(ENGINE + ".stage.beam.."))))
        .should()
        .dependOnClassesThat(runnersCore.and(DescribedPredicate.not(metrics)))
        .check(CLASSES);
    noClasses()
        .that(
            resideInAPackage(ENGINE + "..")
                .and(DescribedPredicate.not(resideInAPackage(ENGINE + ".stage.beam..")))
                .and(DescribedPredicate.not(resideInAnyPackage(metricsUsers))))
        .should()
        .dependOnClassesThat(metrics)
        .check(CLASSES);
  }

  @Test
  void exchangeAndProgressKnowNothingOfBeamsModel() {
    noClasses()
        .that()
        .resideInAnyPackage(ENGINE + ".exchange..", ENGINE + ".progress..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.beam..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /** But for Beam's own copy, to submit a job and to report of one. */
  @Test
  void noGrpc() {
    noClasses().should().dependOnClassesThat().resideInAPackage("io.grpc..").check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(ENGINE + ".job.remote", ENGINE + ".job.jvm")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.beam.vendor.grpc..io.grpc..")
        .check(CLASSES);
  }

  @Test
  void onlyTheDurableStoreKnowsRocksDb() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ENGINE + ".state.rocks")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rocksdb..")
        .check(CLASSES);
  }

  /**
   * DoFns and coders come serialized from Beam, whose own classes read them. Beam has nothing for
   * the parts of a source.
   */
  @Test
  void javaSerializationIsUsedForPartsOfSourcesOnly() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.source\\.SerializedSources(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ObjectInputStream.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ObjectOutputStream.class)
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.tidemark.(**)").should().beFreeOfCycles().check(CLASSES);
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
    classes().should(new FinalStaticFields()).check(CLASSES);
  }
}
