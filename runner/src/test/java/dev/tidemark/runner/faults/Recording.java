package dev.tidemark.runner.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs programs and records what they do to the files in a folder. */
final class Recording {
  /** The folder, in that of the test. */
  static final String FOLDER = "recorded";

  private Recording() {}

  /**
   * Runs a program to its end, with an empty folder as its argument.
   *
   * @param folder of the test
   * @return what it has done to the files in its folder
   */
  static List<DiskOperation> of(Class<?> program, Path folder)
      throws IOException, InterruptedException {
    Optional<FaultLibrary> library = FaultLibrary.compile(folder);
    assumeThat(library).as("Linux, and cc to compile faults.c").isPresent();
    Path recorded = Files.createDirectory(folder.resolve(FOLDER)).toRealPath();
    Path journal = folder.resolve("journal");
    ProcessBuilder process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                recorded.toString())
            .inheritIO();
    process
        .environment()
        .putAll(library.orElseThrow().environment().folder(recorded).journal(journal).variables());
    assertThat(process.start().waitFor()).as("exit status").isEqualTo(0);
    return DiskOperation.read(journal);
  }
}
