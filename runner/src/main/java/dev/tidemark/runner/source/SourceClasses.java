package dev.tidemark.runner.source;

import java.io.ObjectInputFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which classes a stored source may be made of: those of the job, but for what is known to run code
 * when it is deserialized. A filter that was set for the whole JVM holds as well.
 *
 * <p>Immutable.
 */
final class SourceClasses implements ObjectInputFilter {
  private static final long MAX_DEPTH = 500;

  /** Beginnings of the names of classes that chains of known attacks go through. */
  private static final List<String> REFUSED =
      List.of(
          "bsh.",
          "clojure.",
          "com.mchange.v2.c3p0.",
          "com.sun.jndi.",
          "com.sun.org.apache.xalan.",
          "com.sun.rowset.",
          "java.lang.ProcessBuilder",
          "java.lang.Runtime",
          "java.rmi.",
          "javassist.",
          "javax.management.",
          "javax.naming.",
          "javax.script.",
          "org.apache.bcel.",
          "org.apache.commons.beanutils.",
          "org.apache.commons.collections.functors.",
          "org.apache.commons.collections4.functors.",
          "org.apache.xalan.",
          "org.codehaus.groovy.runtime.",
          "org.hibernate.",
          "org.mozilla.javascript.",
          "org.python.core.",
          "org.springframework.",
          "sun.rmi.");

  private final @Nullable ObjectInputFilter ofJvm = ObjectInputFilter.Config.getSerialFilter();

  @Override
  public Status checkInput(FilterInfo info) {
    if (info.depth() > MAX_DEPTH || isRefused(info.serialClass())) {
      return Status.REJECTED;
    }
    return ofJvm == null ? Status.UNDECIDED : ofJvm.checkInput(info);
  }

  private static boolean isRefused(@Nullable Class<?> type) {
    if (type == null) {
      return false;
    }
    Class<?> element = type;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    String name = element.getName();
    return REFUSED.stream().anyMatch(name::startsWith);
  }
}
