package dev.tidemark.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.ValidatesRunner;

/**
 * Finds the tests of a contract in Beam's tests jars on the class path. Stateless.
 *
 * <p>A class is looked at when it or a class it extends mentions one of the two categories or
 * {@code TestPipeline}, which is read off the class files without loading them; JUnit then lists
 * its tests, nested and parameterized ones as well.
 */
public final class Discovery {
  private Discovery() {}

  /**
   * All tests of the contract, sorted by name. A class that cannot be loaded is one test, {@link
   * TestId#WHOLE_CLASS}, which fails unless it is excluded.
   *
   * @throws IllegalStateException if a tests jar is not on the class path
   */
  public static List<SuiteTest> discover(Contract contract, ClassLoader loader) throws IOException {
    Map<TestId, SuiteTest> found = new TreeMap<>();
    for (Path jar : contract.testsJars(loader)) {
      for (String className : candidates(jar, markers(contract))) {
        for (SuiteTest test : ClassTests.of(className, loader)) {
          if (contract.kinds().contains(test.kind())) {
            found.put(test.id(), test);
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static Set<Class<?>> markers(Contract contract) {
    Set<Class<?>> markers = new HashSet<>(Set.of(NeedsRunner.class, ValidatesRunner.class));
    if (contract.kinds().contains(Kind.TEST_PIPELINE)) {
      markers.add(TestPipeline.class);
    }
    return markers;
  }

  private static Set<String> candidates(Path jar, Set<Class<?>> markers) throws IOException {
    Map<String, ClassFile> classes = new HashMap<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (var entry : (Iterable<java.util.jar.JarEntry>) file.stream()::iterator) {
        if (entry.getName().endsWith(".class")) {
          try (var in = file.getInputStream(entry)) {
            ClassFile parsed = ClassFile.parse(in);
            classes.put(parsed.name(), parsed);
          }
        }
      }
    }
    Set<String> names = new TreeSet<>();
    for (ClassFile each : classes.values()) {
      if (!each.isAbstract() && mentions(each, markers, classes)) {
        names.add(each.name());
      }
    }
    return names;
  }

  private static boolean mentions(
      ClassFile file, Set<Class<?>> markers, Map<String, ClassFile> classes) {
    ClassFile current = file;
    while (current != null) {
      if (markers.stream().anyMatch(current::mentions)) {
        return true;
      }
      current = classes.get(current.superName());
    }
    return false;
  }
}
