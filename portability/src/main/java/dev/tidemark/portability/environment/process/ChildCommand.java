package dev.tidemark.portability.environment.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to run as a child process.
 *
 * <p>Immutable.
 *
 * @param name says what it is, in messages and in the name of its thread
 * @param arguments the program and what it gets; no shell sees them
 * @param variables its whole environment: nothing is inherited
 * @param folder where it runs
 * @param toRemove a folder that goes when the process has ended, even if the server is gone by then
 */
public record ChildCommand(
    String name,
    List<String> arguments,
    Map<String, String> variables,
    Path folder,
    @Nullable Path toRemove) {

  /** Copies what it is given. */
  public ChildCommand {
    arguments = List.copyOf(arguments);
    variables = Map.copyOf(variables);
  }
}
