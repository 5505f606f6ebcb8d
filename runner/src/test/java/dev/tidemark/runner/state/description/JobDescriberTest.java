package dev.tidemark.runner.state.description;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.state.Bytes;
import dev.tidemark.runner.state.StateException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Descriptions of a program that is compiled and run anew for each of them. */
class JobDescriberTest {
  private final Path folder;
  private final String program;

  JobDescriberTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    try (InputStream text =
        Objects.requireNonNull(getClass().getResourceAsStream("DescribedProgram.java.txt"))) {
      this.program = new String(text.readAllBytes(), UTF_8);
    }
  }

  @Test
  void saysWhatStateDependsOn() throws Exception {
    assertThat(describe("first", program).strip())
        .isEqualTo(
            """
            Count per user/ParMultiDo(Count)
              elements: org.apache.beam.sdk.coders.VarLongCoder<java.lang.Long>
              keys: org.apache.beam.sdk.coders.StringUtf8Coder<java.lang.String>
              state count: value of org.apache.beam.sdk.coders.VarLongCoder<java.lang.Long>
              state points: bag of DescribedProgram$Point{x INT32, y INT32, name STRING?}
              state seen: map of org.apache.beam.sdk.coders.StringUtf8Coder<java.lang.String> to \
            org.apache.beam.sdk.coders.SerializableCoder<DescribedProgram$Color>
              timer ts-end: EVENT_TIME
              windowing: FixedWindows(10000 ms, 0 ms), DefaultTrigger, DISCARDING, END_OF_WINDOW
            Numbers
              checkpoint marks: DescribedProgram$MarkCoder<DescribedProgram$Mark>
              elements: org.apache.beam.sdk.coders.VarLongCoder<java.lang.Long>
              source: DescribedProgram$NumberSource"""
                .indent(0)
                .strip());
  }

  @Test
  void isTheSameInAnotherProcessAndCompiledAnew() throws Exception {
    String first = describe("first", program);
    assertThat(describe("second", program)).isEqualTo(first);
    // Serialized objects have the numbers that the compiler gave their classes.
    String recompiled =
        program.replace("// recompiled: ", "").replace("recompiledSerialVersion = 1", "other = 2");
    assertThat(recompiled).isNotEqualTo(program);
    assertThat(describe("third", recompiled)).isEqualTo(first);
  }

  @Test
  void isAnotherWhenAFieldOfASchemaIs() throws Exception {
    assertThat(describe("first", program.replace("public int y", "public long y")))
        .contains("{x INT32, y INT64, name STRING?}");
  }

  /** The runner knows bytes only, where a harness decodes; but their coder has a name. */
  @Test
  void ofAPipelineOfOthersNothingIsDeserialized() {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(KV.of("a", 1), KV.of("b", 2)))
        .apply(Window.into(Sessions.withGapDuration(Duration.standardMinutes(1))))
        .apply("Group", GroupByKey.create());
    assertThat(Programs.describeForeign(pipeline).transforms().get("Group"))
        .isEqualTo(
            Map.of(
                "keys", "beam:coder:string_utf8:v1",
                "elements", "beam:coders:javasdk:0.1",
                "windowing", "Sessions(60000 ms), DefaultTrigger, DISCARDING, END_OF_WINDOW"));
  }

  @Test
  void isReadAsItWasWritten() {
    JobDescription job = Programs.description("job", 7);
    assertThat(DescriptionFormat.read(DescriptionFormat.write(job))).isEqualTo(job);
  }

  @Test
  void whatIsNoDescriptionIsRefused() {
    byte[] written = DescriptionFormat.write(Programs.description("job", 7)).array();
    for (int length = 0; length < written.length; length++) {
      Bytes part = Bytes.of(Arrays.copyOf(written, length));
      assertThatThrownBy(() -> DescriptionFormat.read(part)).isInstanceOf(StateException.class);
    }
    written[0] = 2;
    assertThatThrownBy(() -> DescriptionFormat.read(Bytes.of(written)))
        .hasMessageContaining("has the format 2");
  }

  /** Compiles a program and runs it in a process of its own. */
  private String describe(String name, String source) throws Exception {
    Path home = Files.createDirectories(folder.resolve(name));
    Path file = Files.writeString(home.resolve("DescribedProgram.java"), source);
    String classPath = System.getProperty("java.class.path");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(
            compiler.run(
                null, null, null, "-proc:none", "-cp", classPath, "-d", "" + home, "" + file))
        .isEqualTo(0);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", home + File.pathSeparator + classPath, "DescribedProgram"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var out = process.inputReader(UTF_8)) {
      String text = out.lines().collect(Collectors.joining("\n"));
      assertThat(process.waitFor()).isEqualTo(0);
      return text;
    }
  }
}
