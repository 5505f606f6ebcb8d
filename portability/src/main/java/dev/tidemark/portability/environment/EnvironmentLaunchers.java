package dev.tidemark.portability.environment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the launcher of an environment: by its urn, for a container image by the image map, and
 * among the alternatives of a choice the first that has no problem, one that asks for no image
 * before one that does.
 *
 * <p>Thread-safe, as its launchers are.
 */
public final class EnvironmentLaunchers {
  static final String DOCKER = "beam:env:docker:v1";
  static final String ANY_OF = "beam:env:anyof:v1";

  /** A launcher, and the environment that it is to start. */
  record Choice(Launcher launcher, RunnerApi.Environment environment) {}

  /** A choice, or why there is none. */
  private record Resolution(@Nullable Choice choice, @Nullable String problem) {}

  /** Makes a launcher that was given an argument by the image map. */
  @FunctionalInterface
  public interface ImageLauncher {
    /** The launcher for {@code argument}; null stands for none. */
    Launcher with(@Nullable String argument);
  }

  private final Map<String, Launcher> byUrn;
  private final Map<String, ImageLauncher> byName;
  private final ImageMap images;
  private final @Nullable Launcher engine;

  /**
   * Chooses among these.
   *
   * @param byUrn by the urn of environments, in the order in which alternatives are preferred
   * @param byName for container images, by the names that the map uses
   * @param images says which of them stands for an image
   * @param engine runs images that the map does not know; null if there is no Docker engine
   */
  public EnvironmentLaunchers(
      Map<String, Launcher> byUrn,
      Map<String, ImageLauncher> byName,
      ImageMap images,
      @Nullable Launcher engine) {
    this.byUrn = byUrn;
    this.byName = Map.copyOf(byName);
    this.images = images;
    this.engine = engine;
  }

  /**
   * Why workers of an environment cannot be started, and what to do about it; null if nothing is
   * known to stand against it. Answers at once.
   */
  public @Nullable String check(RunnerApi.Environment environment) {
    return resolve(environment).problem();
  }

  /** The launcher of an environment. */
  Choice choose(RunnerApi.Environment environment) throws LaunchException {
    Resolution resolution = resolve(environment);
    if (resolution.choice() == null) {
      throw new LaunchException(String.valueOf(resolution.problem()));
    }
    return resolution.choice();
  }

  private Resolution resolve(RunnerApi.Environment environment) {
    return environment.getUrn().equals(ANY_OF) ? any(environment) : single(environment);
  }

  private Resolution any(RunnerApi.Environment environment) {
    List<RunnerApi.Environment> alternatives;
    try {
      alternatives =
          new ArrayList<>(
              RunnerApi.AnyOfEnvironmentPayload.parseFrom(environment.getPayload())
                  .getEnvironmentsList());
    } catch (InvalidProtocolBufferException e) {
      return refused("the payload of an environment of type " + ANY_OF + " cannot be read");
    }
    List<String> preferred = new ArrayList<>(byUrn.keySet());
    preferred.add(DOCKER);
    alternatives.sort(
        Comparator.comparingInt(
            alternative -> preferred.indexOf(alternative.getUrn()) & Integer.MAX_VALUE));
    List<String> problems = new ArrayList<>();
    for (RunnerApi.Environment alternative : alternatives) {
      Resolution resolution = single(alternative);
      if (resolution.choice() != null) {
        return resolution;
      }
      problems.add(String.valueOf(resolution.problem()));
    }
    return refused("none of its alternatives can be started: " + String.join("; ", problems));
  }

  private Resolution single(RunnerApi.Environment environment) {
    if (environment.getUrn().equals(DOCKER)) {
      return image(environment);
    }
    Launcher launcher = byUrn.get(environment.getUrn());
    return launcher == null
        ? refused(
            "environments of type '"
                + environment.getUrn()
                + "' are not supported; these are: "
                + String.join(", ", byUrn.keySet())
                + ", "
                + DOCKER
                + ", "
                + ANY_OF)
        : checked(launcher, environment);
  }

  private Resolution image(RunnerApi.Environment environment) {
    String image;
    try {
      image = RunnerApi.DockerPayload.parseFrom(environment.getPayload()).getContainerImage();
    } catch (InvalidProtocolBufferException e) {
      return refused("the payload of an environment of type " + DOCKER + " cannot be read");
    }
    ImageMap.Target target = images.of(image).orElse(null);
    if (target != null) {
      ImageLauncher named = byName.get(target.launcher());
      return named == null
          ? refused(
              "the image map has '%s' run by '%s', which is no launcher: there are %s"
                  .formatted(image, target.launcher(), launcherNames()))
          : checked(named.with(target.argument()), environment);
    }
    return engine == null
        ? refused(
            "the image '%s' is not in the server's image map, and there is no Docker engine; map it with the server's option --image='%s=LAUNCHER', where LAUNCHER is one of %s"
                .formatted(image, image, launcherNames()))
        : checked(engine, environment);
  }

  private String launcherNames() {
    return String.join(", ", byName.keySet().stream().sorted().toList());
  }

  private static Resolution checked(Launcher launcher, RunnerApi.Environment environment) {
    String problem = launcher.problem(environment);
    return problem == null
        ? new Resolution(new Choice(launcher, environment), null)
        : refused(problem);
  }

  private static Resolution refused(String problem) {
    return new Resolution(null, problem);
  }
}
