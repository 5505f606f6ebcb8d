package dev.tidemark.suite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.ValidatesRunner;
import org.junit.Ignore;
import org.junit.Test;
import org.junit.experimental.categories.Category;
import org.junit.runner.Description;
import org.junit.runner.Request;

/** Lists the tests of one class as JUnit sees them. Owned by one thread. */
final class ClassTests {
  private final boolean classIgnored;
  private final List<SuiteTest> withCategory = new ArrayList<>();
  private final List<SuiteTest> withoutCategory = new ArrayList<>();

  private ClassTests(boolean classIgnored) {
    this.classIgnored = classIgnored;
  }

  /**
   * The tests of a class that need a runner: those with a category, if there are any, otherwise
   * all. One test stands for a class that cannot be loaded; a class without tests has none.
   */
  static List<SuiteTest> of(String className, ClassLoader loader) {
    try {
      Class<?> testClass = Class.forName(className, false, loader);
      if (!isTestClass(testClass)) {
        return List.of();
      }
      ClassTests tests = new ClassTests(testClass.isAnnotationPresent(Ignore.class));
      tests.collect(Request.aClass(testClass).getRunner().getDescription(), Set.of());
      return tests.withCategory.isEmpty() ? tests.withoutCategory : tests.withCategory;
    } catch (ClassNotFoundException | LinkageError e) {
      TestId whole = new TestId(className, TestId.WHOLE_CLASS);
      return List.of(new SuiteTest(whole, Kind.TEST_PIPELINE, false));
    }
  }

  private static boolean isTestClass(Class<?> candidate) {
    for (var method : candidate.getMethods()) {
      if (method.isAnnotationPresent(Test.class)) {
        return true;
      }
    }
    return false;
  }

  private void collect(Description description, Set<Class<?>> inherited) {
    Set<Class<?>> categories = categories(description, inherited);
    if (!description.isTest()) {
      for (Description child : description.getChildren()) {
        collect(child, categories);
      }
    } else if (description.getMethodName() != null) {
      TestId id = new TestId(description.getClassName(), description.getMethodName());
      boolean ignored = classIgnored || description.getAnnotation(Ignore.class) != null;
      kindOf(categories)
          .ifPresentOrElse(
              kind -> withCategory.add(new SuiteTest(id, kind, names(categories), ignored)),
              () -> withoutCategory.add(new SuiteTest(id, Kind.TEST_PIPELINE, ignored)));
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

  /** The names of what a test uses; that it needs a runner its kind says. */
  private static Set<String> names(Set<Class<?>> categories) {
    return categories.stream()
        .filter(each -> each != ValidatesRunner.class && each != NeedsRunner.class)
        .map(each -> each.getName().substring(each.getPackageName().length() + 1).replace('$', '.'))
        .collect(Collectors.toSet());
  }

  private static Optional<Kind> kindOf(Set<Class<?>> categories) {
    if (categories.stream().anyMatch(ValidatesRunner.class::isAssignableFrom)) {
      return Optional.of(Kind.VALIDATES_RUNNER);
    }
    return categories.stream().anyMatch(NeedsRunner.class::isAssignableFrom)
        ? Optional.of(Kind.NEEDS_RUNNER)
        : Optional.empty();
  }
}
