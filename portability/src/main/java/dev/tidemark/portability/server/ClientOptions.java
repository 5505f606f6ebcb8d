package dev.tidemark.portability.server;

import dev.tidemark.portability.environment.WorkerCount;
import dev.tidemark.runner.job.TidemarkOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.util.JsonFormat;

/**
 * The options of this runner among those that a client sends: {@code beam:option:NAME:v1}, in snake
 * or camel case, numbers as such or as strings; Go's flags are in a map of their own. All others
 * are for the job's workers. Folders are the operator's to choose, so {@code --scratchDir} is not
 * heeded. Who asks for more workers and does not say how many lanes gets as many lanes.
 */
final class ClientOptions {
  private static final Pattern URN = Pattern.compile("beam:option:(.+):v[0-9]+");
  private static final Pattern SNAKE = Pattern.compile("_([a-z0-9])");
  private static final Set<String> NUMBERS =
      Set.of(
          "lanes",
          "parallelism",
          "keyGroups",
          "maxParallelism",
          "unboundedSplits",
          "targetEpochMillis",
          "maxEpochMillis",
          "maxBundleElements",
          "memoryMegabytes",
          "stateMemoryMegabytes",
          "maxBundleSize",
          "maxBundleMillis",
          "maxBundleTimeMills",
          "workerTimeoutSeconds",
          "bundleTimeoutSeconds",
          "jobRetries",
          "jobRetryDelayMillis",
          "maxJobRetryDelayMillis",
          "jobRetryResetMillis",
          "deadLetterAfter",
          "deadLetterLimit");

  private static final Set<String> FLAGS = Set.of("streaming", "allowDroppedState", "deadLetters");

  private static final Set<String> TEXTS =
      Set.of("stateName", "fromSnapshot", "transformNameMapping");

  /**
   * A folder is the operator's to choose; who asks for one of these must not believe to have it.
   */
  private static final Map<String, String> REFUSED =
      Map.of(
          "stateDir",
          "a server keeps state by names. Give --stateName, letters and digits, instead.",
          "deadLetterFile",
          "a server writes no files that a client names. Give --stateName and --deadLetters instead.");

  private static final Set<String> ALL =
      Stream.of(NUMBERS, FLAGS, TEXTS, REFUSED.keySet())
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  /** What is heeded of a map in which a program's own flags are, too. */
  private static final Set<String> OF_STATE =
      Set.of(
          "stateName",
          "fromSnapshot",
          "transformNameMapping",
          "allowDroppedState",
          "jobRetries",
          "deadLetters",
          "deadLetterAfter",
          "deadLetterLimit");

  /** Go's flags. */
  private static final String GO = "beam:option:go_options:v1";

  private ClientOptions() {}

  /**
   * Our options, defaults for those that the client does not give.
   *
   * @throws IllegalArgumentException if a value makes no sense, or the job is to keep its state
   */
  static PipelineOptions of(Struct given, String jobName) {
    Map<String, String> texts = new LinkedHashMap<>();
    read(goOptions(given), OF_STATE, texts);
    read(given, ALL, texts);
    List<String> arguments = new ArrayList<>();
    texts.forEach((name, text) -> argument(name, text).ifPresent(arguments::add));
    if (arguments.stream().noneMatch(ClientOptions::saysLanes)) {
      // A worker without a lane would have nothing to do.
      WorkerCount.asked(given)
          .ifPresent(workers -> arguments.add("--lanes=" + Math.max(workers, cores())));
    }
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new)).as(HarnessOptions.class);
    options.setJobName(jobName);
    return options;
  }

  /** Takes down what is given of some options, by their names in camel case. */
  private static void read(Struct given, Set<String> heeded, Map<String, String> texts) {
    given
        .getFieldsMap()
        .forEach(
            (key, value) -> {
              String name = name(key);
              if (heeded.contains(name)) {
                text(value).ifPresent(text -> texts.put(name, text));
              }
            });
  }

  private static Struct goOptions(Struct given) {
    return given
        .getFieldsOrDefault(GO, Value.getDefaultInstance())
        .getStructValue()
        .getFieldsOrDefault("options", Value.getDefaultInstance())
        .getStructValue();
  }

  /** SDKs that know Flink's option send -1 when nobody has given it. */
  private static boolean saysLanes(String argument) {
    return argument.startsWith("--lanes=")
        || (argument.startsWith("--parallelism=") && !argument.equals("--parallelism=-1"));
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Empty for what says nothing: SDKs send every flag that they know. Beam's own messages for
   * values that it cannot read do not name the option.
   */
  private static Optional<String> argument(String name, String text) {
    String refusal = REFUSED.get(name);
    if (refusal != null) {
      if (text.equals(TidemarkOptions.NO_STATE_DIR)) {
        return Optional.empty();
      }
      throw new IllegalArgumentException(
          "--" + name + " is for jobs that run in the process that starts them: " + refusal);
    }
    if (TEXTS.contains(name)) {
      return text.isEmpty() ? Optional.empty() : Optional.of("--" + name + "=" + text);
    }
    boolean flag = FLAGS.contains(name);
    if (!text.matches(flag ? "(?i)true|false" : "-?[0-9]{1,18}")) {
      throw new IllegalArgumentException(
          "--%s=%s is no %s.".formatted(name, text, flag ? "true or false" : "whole number"));
    }
    return text.equalsIgnoreCase("false")
        ? Optional.empty()
        : Optional.of("--" + name + "=" + text.toLowerCase(Locale.ROOT));
  }

  private static String name(String key) {
    Matcher urn = URN.matcher(key);
    return SNAKE
        .matcher(urn.matches() ? urn.group(1) : key)
        .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
  }

  private static Optional<String> text(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> Optional.of(value.getStringValue());
      case BOOL_VALUE -> Optional.of(Boolean.toString(value.getBoolValue()));
      case NUMBER_VALUE ->
          Optional.of(
              value.getNumberValue() == Math.rint(value.getNumberValue())
                  ? Long.toString((long) value.getNumberValue())
                  : Double.toString(value.getNumberValue()));
      case STRUCT_VALUE -> Optional.of(json(value));
      default -> Optional.empty();
    };
  }

  private static String json(Value value) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(value);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("an option is no JSON: " + e.getMessage(), e);
    }
  }
}
