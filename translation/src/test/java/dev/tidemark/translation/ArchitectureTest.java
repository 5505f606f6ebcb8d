package dev.tidemark.translation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the allowed arrows between the packages of this module. */
@AnalyzeClasses(
    packages = "dev.tidemark.translation",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String BASE = "dev.tidemark.translation";

  @ArchTest
  static final ArchRule ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage(BASE + "..")
          .layer("entry")
          .definedBy(BASE)
          .layer("rewrite")
          .definedBy(BASE + ".rewrite..")
          .layer("fuse")
          .definedBy(BASE + ".fuse..")
          .layer("describe")
          .definedBy(BASE + ".describe..")
          .layer("environment")
          .definedBy(BASE + ".environment..")
          .layer("wire")
          .definedBy(BASE + ".wire..")
          .layer("graph")
          .definedBy(BASE + ".graph..")
          .whereLayer("entry")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("rewrite")
          .mayOnlyBeAccessedByLayers("entry")
          .whereLayer("fuse")
          .mayOnlyBeAccessedByLayers("entry")
          .whereLayer("describe")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("wire")
          .mayOnlyBeAccessedByLayers("entry", "rewrite")
          .whereLayer("environment")
          .mayOnlyBeAccessedByLayers("entry", "rewrite", "fuse");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching(BASE + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule KNOWS_NO_EXECUTOR =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.tidemark.runner..", "org.apache.beam.runners..");

  @ArchTest
  static final ArchRule RECORDS_KNOW_THE_MODEL_ONLY =
      noClasses()
          .that()
          .resideInAPackage(BASE + ".graph..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.beam.sdk..");
}
