package dev.tidemark.runner.job;

import java.util.ArrayList;
import java.util.List;

/** Starts programs of the tests in JVMs of their own. */
final class ChildJvm {
  private ChildJvm() {}

  /** The process of {@code main}, ready to start; both its outputs are one. */
  static ProcessBuilder of(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-XX:TieredStopAtLevel=1");
    if (Runtime.version().feature() >= 24) {
      command.add("--sun-misc-unsafe-memory-access=allow"); // else Java warns of protobuf
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }
}
