package dev.tidemark.suite;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.ValidatesRunner;
import org.junit.Ignore;
import org.junit.experimental.categories.Category;
import org.junit.runner.Description;
import org.junit.runner.Request;

/**
 * Finds the tests of the kinds {@link Kind} in Beam's tests jars on the class path. Stateless.
 *
 * <p>A class is looked at when it or a class it extends mentions one of the two categories, which
 * is read off the class files without loading them; JUnit then lists its tests, nested and
 * parameterized ones as well.
 */
public final class Discovery {
  private static final List<String> LANDMARKS =
      List.of(
          "org/apache/beam/sdk/transforms/ParDoTest.class",
          "org/apache/beam/runners/core/metrics/MetricsPusherTest.class");

  private Discovery() {}

  /**
   * All tests of both kinds, sorted by name.
   *
   * @throws IllegalStateException if a tests jar is not on the class path or a class of it cannot
   *     be listed
   */
  public static List<SuiteTest> discover(ClassLoader loader) throws IOException {
    Map<TestId, SuiteTest> found = new TreeMap<>();
    for (Path jar : testsJars(loader)) {
      for (String className : candidates(jar)) {
        for (SuiteTest test : testsOf(className, loader)) {
          found.put(test.id(), test);
        }
      }
    }
    return List.copyOf(found.values());
  }

  /** The tests jars of Beam on the class path of {@code loader}. */
  public static List<Path> testsJars(ClassLoader loader) {
    List<Path> jars = new ArrayList<>();
    for (String landmark : LANDMARKS) {
      URL url = loader.getResource(landmark);
      if (url == null || !url.getProtocol().equals("jar")) {
        throw new IllegalStateException(
            "No jar on the class path holds "
                + landmark
                + "; add Beam's jar with the classifier 'tests'.");
      }
      String location = url.getPath();
      try {
        jars.add(Path.of(new URL(location.substring(0, location.indexOf("!/"))).toURI()));
      } catch (URISyntaxException | java.net.MalformedURLException e) {
        throw new IllegalStateException("Cannot read the place of a tests jar: " + url, e);
      }
    }
    return jars;
  }

  private static List<String> candidates(Path jar) throws IOException {
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
    return classes.values().stream()
        .filter(each -> !each.isAbstract() && mentionsCategory(each, classes))
        .map(ClassFile::name)
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private static boolean mentionsCategory(ClassFile file, Map<String, ClassFile> classes) {
    ClassFile current = file;
    while (current != null) {
      if (current.mentions(NeedsRunner.class) || current.mentions(ValidatesRunner.class)) {
        return true;
      }
      current = classes.get(current.superName());
    }
    return false;
  }

  private static List<SuiteTest> testsOf(String className, ClassLoader loader) {
    Class<?> testClass;
    Description root;
    try {
      testClass = Class.forName(className, false, loader);
      if (!isTestClass(testClass)) {
        return List.of();
      }
      root = Request.aClass(testClass).getRunner().getDescription();
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalStateException("Cannot list the tests of " + className, e);
    }
    List<SuiteTest> tests = new ArrayList<>();
    boolean classIgnored = testClass.isAnnotationPresent(Ignore.class);
    collect(root, categories(root, Set.of()), classIgnored, tests);
    return tests;
  }

  private static boolean isTestClass(Class<?> candidate) {
    for (var method : candidate.getMethods()) {
      if (method.isAnnotationPresent(org.junit.Test.class)) {
        return true;
      }
    }
    return false;
  }

  private static void collect(
      Description description, Set<Class<?>> inherited, boolean ignored, List<SuiteTest> into) {
    Set<Class<?>> categories = categories(description, inherited);
    if (description.isTest()) {
      Kind kind = kindOf(categories);
      String method = description.getMethodName();
      if (kind != null && method != null) {
        boolean off = ignored || description.getAnnotation(Ignore.class) != null;
        into.add(new SuiteTest(new TestId(description.getClassName(), method), kind, off));
      }
      return;
    }
    for (Description child : description.getChildren()) {
      collect(child, categories, ignored, into);
    }
  }

  private static Set<Class<?>> categories(Description description, Set<Class<?>> inherited) {
    Set<Class<?>> all = new HashSet<>(inherited);
    Category own = description.getAnnotation(Category.class);
    if (own != null) {
      all.addAll(List.of(own.value()));
    }
    Class<?> testClass = description.getTestClass();
    Category ofClass = testClass == null ? null : testClass.getAnnotation(Category.class);
    if (ofClass != null) {
      all.addAll(List.of(ofClass.value()));
    }
    return all;
  }

  private static @org.jspecify.annotations.Nullable Kind kindOf(Set<Class<?>> categories) {
    if (categories.stream().anyMatch(ValidatesRunner.class::isAssignableFrom)) {
      return Kind.VALIDATES_RUNNER;
    }
    return categories.stream().anyMatch(NeedsRunner.class::isAssignableFrom)
        ? Kind.NEEDS_RUNNER
        : null;
  }
}
