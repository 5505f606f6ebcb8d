package dev.tidemark.runner.job.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The command of the JVM that runs a user's jar, and what the user should know of it.
 *
 * <p>Immutable.
 *
 * @param command the program and its arguments
 * @param warnings a line each
 */
record LaunchPlan(List<String> command, List<String> warnings) {
  private static final Pattern CLASS_NAME =
      Pattern.compile("\\p{javaJavaIdentifierStart}[\\p{javaJavaIdentifierPart}.]*");
  private static final String LOG_SERVICE = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";

  private static final int FIRST_THAT_WARNS = 24;

  LaunchPlan {
    command = List.copyOf(command);
    warnings = List.copyOf(warnings);
  }

  /**
   * What the user gave, and what the installation knows.
   *
   * @param java the {@code java} to start
   * @param javaFeature its version, such as 17
   * @param ownClassPath Tidemark and what it needs
   * @param logging jars that make the log visible, for pipelines that bring no binding
   * @param jvmOptions options for the JVM
   * @param extraClassPath the user's class path beside the jar, empty if there is none
   * @param jar the user's jar
   * @param words what followed the jar
   * @param archive where the JVM's classes are kept; null if they are not
   */
  record Request(
      Path java,
      int javaFeature,
      String ownClassPath,
      String logging,
      List<String> jvmOptions,
      String extraClassPath,
      Path jar,
      List<String> words,
      @Nullable ClassArchive archive) {}

  /**
   * Makes the plan.
   *
   * @throws UsageException if the jar cannot be run
   */
  static LaunchPlan of(Request request) throws UsageException {
    requireJar(request.jar());
    ClassPathEntry jar = new ClassPathEntry(request.jar());
    List<ClassPathEntry> theirs = new ArrayList<>(jar.withManifestEntries());
    for (ClassPathEntry entry : ClassPathEntry.parse(request.extraClassPath())) {
      theirs.addAll(entry.withManifestEntries());
    }
    List<ClassPathEntry> ours =
        ClassPathEntry.parse(request.ownClassPath()).stream()
            .filter(entry -> !entry.path().getFileName().toString().startsWith("picocli"))
            .toList();

    List<String> warnings = compareBeam(ours, theirs);
    MainAndArguments program = program(request, jar, ours, theirs);

    List<String> command = new ArrayList<>(List.of(request.java().toString()));
    if (request.javaFeature() >= FIRST_THAT_WARNS) {
      // Beam's protobuf and snappy use what Java warns of; the user cannot change that.
      command.add("--sun-misc-unsafe-memory-access=allow");
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(request.jvmOptions());
    boolean logsItself = theirs.stream().anyMatch(entry -> entry.holds(LOG_SERVICE));
    if (!logsItself) {
      command.add("-D" + UserProgram.LOGGING + "=true");
    }
    String classPath = classPath(request, ours, logsItself);
    if (request.archive() != null) {
      List<Path> files = new ArrayList<>();
      for (ClassPathEntry entry : ClassPathEntry.parse(classPath)) {
        entry.withManifestEntries().forEach(each -> files.add(each.path()));
      }
      command.addAll(request.archive().options(request.java(), request.jvmOptions(), files));
    }
    command.add("-cp");
    command.add(classPath);
    command.add(UserProgram.class.getName());
    command.add(program.mainClass());
    command.addAll(program.arguments());
    return new LaunchPlan(command, warnings);
  }

  private static void requireJar(Path jar) throws UsageException {
    if (!Files.exists(jar)) {
      throw new UsageException("there is no file " + jar + ".");
    }
    if (Files.isDirectory(jar)) {
      throw new UsageException(jar + " is a directory, not a jar.");
    }
    try (JarFile file = new JarFile(jar.toFile())) {
      file.getManifest();
    } catch (IOException | SecurityException e) {
      throw new UsageException(jar + " is not a jar (" + e.getMessage() + ").");
    }
  }

  private static String classPath(Request request, List<ClassPathEntry> ours, boolean logsItself) {
    String separator = System.getProperty("path.separator");
    List<String> parts = new ArrayList<>();
    parts.add(
        ours.stream().map(entry -> entry.path().toString()).collect(Collectors.joining(separator)));
    parts.add(request.jar().toString());
    parts.add(request.extraClassPath());
    parts.add(logsItself ? "" : request.logging());
    parts.removeIf(String::isEmpty);
    return String.join(separator, parts);
  }

  /** Ours comes first in the class path: it is what the pipeline gets. */
  private static List<String> compareBeam(List<ClassPathEntry> ours, List<ClassPathEntry> theirs)
      throws UsageException {
    Optional<BeamVersion> own = ours.stream().flatMap(entry -> entry.beam().stream()).findFirst();
    Set<String> warnings = new LinkedHashSet<>();
    if (own.isEmpty()) {
      return List.of();
    }
    for (ClassPathEntry entry : theirs) {
      Optional<BeamVersion> brought = entry.beam();
      if (brought.isEmpty() || brought.equals(own)) {
        continue;
      }
      String both = entry.path() + " brings Beam " + brought.get() + ", Tidemark has Beam ";
      if (!brought.get().runsOn(own.get())) {
        throw new UsageException(
            both
                + own.get()
                + ", which runs pipelines of "
                + BeamVersion.supported(own.get())
                + ": build the pipeline with a newer Beam.");
      }
      warnings.add(both + own.get() + " and uses that one.");
    }
    return List.copyOf(warnings);
  }

  private record MainAndArguments(String mainClass, List<String> arguments) {}

  private static MainAndArguments program(
      Request request, ClassPathEntry jar, List<ClassPathEntry> ours, List<ClassPathEntry> theirs)
      throws UsageException {
    Optional<String> manifestMain = jar.attribute(Attributes.Name.MAIN_CLASS).map(String::trim);
    List<String> arguments = new ArrayList<>(request.words());
    String mainClass;
    if (!arguments.isEmpty() && CLASS_NAME.matcher(arguments.get(0)).matches()) {
      mainClass = arguments.remove(0);
    } else {
      if (!arguments.isEmpty() && arguments.get(0).equals("--")) {
        arguments.remove(0);
      }
      mainClass =
          manifestMain.orElseThrow(
              () ->
                  new UsageException(
                      request.jar()
                          + " does not say which class to run: name it, as in ./run "
                          + request.jar()
                          + " com.example.MyPipeline"));
    }
    String file = mainClass.replace('.', '/') + ".class";
    if (theirs.stream().noneMatch(entry -> entry.holds(file))
        && ours.stream().noneMatch(entry -> entry.holds(file))) {
      throw new UsageException(
          "there is no class "
              + mainClass
              + " in "
              + request.jar()
              + (request.extraClassPath().isEmpty() ? "" : " or " + request.extraClassPath())
              + manifestMain
                  .filter(named -> !named.equals(mainClass))
                  .map(
                      named ->
                          " (if it is an argument for "
                              + named
                              + ", put -- before it: ./run "
                              + request.jar()
                              + " -- "
                              + mainClass
                              + ")")
                  .orElse("")
              + ".");
    }
    if (arguments.stream().noneMatch(argument -> argument.startsWith("--runner="))) {
      arguments.add("--runner=TidemarkRunner");
    }
    return new MainAndArguments(mainClass, arguments);
  }
}
