package dev.tidemark.portability.environment.launch;

import dev.tidemark.portability.environment.process.PathingJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;

/**
 * The command line of a JVM that runs a client's code.
 *
 * <p>Immutable.
 *
 * @param java the program
 * @param heapBytes the largest heap
 * @param agent an agent; empty for none
 */
record JavaCommand(Path java, long heapBytes, Optional<Path> agent) {

  /**
   * The command to run a main class.
   *
   * @param folder the JVM's own, with a folder {@code tmp} in it; gets a file
   * @param options the job's, which may open modules
   */
  List<String> of(String main, List<Path> classPath, Path folder, Struct options)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(java.toString());
    arguments.add("-Xmx" + heapBytes);
    arguments.add("-XX:+UseParallelGC");
    arguments.add("-XX:-OmitStackTraceInFastThrow");
    // One that goes on after it has run out of memory may answer wrongly, or never.
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    arguments.add("-Djava.io.tmpdir=" + folder.resolve("tmp"));
    agent.ifPresent(jar -> arguments.add("-javaagent:" + jar.toAbsolutePath()));
    opened(options).forEach(module -> arguments.add("--add-opens=" + module));
    arguments.add("-cp");
    arguments.add(PathingJar.write(classPath, folder.resolve("classpath.jar")).toString());
    arguments.add(main);
    return arguments;
  }

  private static List<String> opened(Struct options) {
    return options
        .getFieldsOrDefault("beam:option:jdk_add_open_modules:v1", Value.getDefaultInstance())
        .getListValue()
        .getValuesList()
        .stream()
        .map(Value::getStringValue)
        .filter(module -> module.matches("[\\w.]+/[\\w.]+=[\\w.,-]+"))
        .toList();
  }
}
