package dev.tidemark.portability.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options in a file: a line each, {@code job-port = 8099}. What the command line says goes before.
 *
 * <p>Immutable.
 */
final class ConfigurationFile implements CommandLine.IDefaultValueProvider {
  private final Properties values;

  private ConfigurationFile(Properties values) {
    this.values = values;
  }

  /**
   * Reads a file.
   *
   * @param command what the options belong to
   * @throws InvalidServerOptionException if it cannot be read, or holds what is no option
   */
  static ConfigurationFile read(Path file, CommandSpec command)
      throws InvalidServerOptionException {
    Properties values = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      values.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidServerOptionException("--config=" + file + " cannot be read: " + e);
    }
    Set<String> unknown = new TreeSet<>(values.stringPropertyNames());
    unknown.removeIf(name -> command.findOption("--" + name) != null);
    if (!unknown.isEmpty()) {
      throw new InvalidServerOptionException(
          "--config=" + file + " holds what is no option: " + String.join(", ", unknown) + ".");
    }
    return new ConfigurationFile(values);
  }

  @Override
  @SuppressWarnings("NullAway") // picocli's contract: null where there is none
  public @Nullable String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? values.getProperty(option.longestName().replaceFirst("^--", ""))
        : null;
  }
}
