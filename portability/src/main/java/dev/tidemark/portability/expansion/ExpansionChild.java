package dev.tidemark.portability.expansion;

import dev.tidemark.expansion.ExpansionProtocol;
import dev.tidemark.portability.environment.process.ChildCommand;
import dev.tidemark.portability.environment.process.ChildProcess;
import dev.tidemark.portability.environment.process.PathingJar;
import dev.tidemark.portability.environment.process.PrivateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running process that expands transforms.
 *
 * <p>Thread-safe.
 */
final class ExpansionChild implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExpansionChild.class);
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final String MAIN = "dev.tidemark.expansion.ExpansionProcess";

  private final ExpansionSettings settings;
  private final ChildProcess process;
  private final UnixDomainSocketAddress address;

  private ExpansionChild(
      ExpansionSettings settings, ChildProcess process, UnixDomainSocketAddress address) {
    this.settings = settings;
    this.process = process;
    this.address = address;
  }

  /**
   * Starts a process, and waits until it listens.
   *
   * @throws ExpansionException if it ends instead, or takes longer than an expansion may
   * @throws IOException if it cannot be started at all
   */
  static ExpansionChild start(ExpansionSettings settings) throws IOException, ExpansionException {
    Path folder = PrivateFolder.create(settings.workFolder(), "expand-");
    CompletableFuture<Boolean> ready = new CompletableFuture<>();
    ChildProcess process;
    try {
      process =
          ChildProcess.start(
              command(settings, folder),
              GRACE,
              line -> {
                if (line.equals(ExpansionProtocol.READY)) {
                  ready.complete(true);
                } else {
                  LOG.info("{}", line);
                }
              });
    } catch (IOException | RuntimeException e) {
      PrivateFolder.remove(folder);
      throw e;
    }
    ExpansionChild child =
        new ExpansionChild(settings, process, UnixDomainSocketAddress.of(socket(folder)));
    process.ended().thenRun(() -> ready.complete(false));
    try {
      if (ready.orTimeout(settings.limit().toMillis(), TimeUnit.MILLISECONDS).join()) {
        return child;
      }
    } catch (CompletionException e) {
      LOG.warn("The expansion process does not listen", e);
    }
    child.close();
    throw new ExpansionException(child.gone());
  }

  private static ChildCommand command(ExpansionSettings settings, Path folder) throws IOException {
    List<Path> classPath = new ArrayList<>(settings.classPath());
    classPath.add(settings.program());
    List<String> arguments = new ArrayList<>();
    arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    arguments.add("-Xmx" + settings.heapBytes());
    arguments.add("-XX:+UseSerialGC");
    arguments.add("-XX:TieredStopAtLevel=1");
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    Path temporary = PrivateFolder.ensure(folder.resolve("tmp"));
    arguments.add("-Djava.io.tmpdir=" + temporary);
    arguments.add("-cp");
    arguments.add(PathingJar.write(classPath, folder.resolve("classpath.jar")).toString());
    arguments.add(MAIN);
    arguments.add(socket(folder).toString());
    arguments.addAll(settings.options());
    Map<String, String> variables = new HashMap<>(settings.variables().forInstaller());
    variables.put("TMPDIR", temporary.toString());
    return new ChildCommand("the expansion process", arguments, variables, folder, folder);
  }

  private static Path socket(Path folder) {
    return folder.resolve("s");
  }

  /** Whether it has not ended. */
  boolean alive() {
    return !process.ended().isDone();
  }

  /**
   * Calls it.
   *
   * @param kind one of {@link ExpansionProtocol}
   * @return the bytes of its answer
   * @throws ExpansionException if it ends meanwhile, takes too long, or answers too much
   */
  byte[] call(byte kind, byte[] request) throws ExpansionException {
    CompletableFuture<Boolean> late = new CompletableFuture<>();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(address);
      // A thread that expands cannot be stopped, but its process can.
      late.completeOnTimeout(true, settings.limit().toMillis(), TimeUnit.MILLISECONDS)
          .thenAccept(
              really -> {
                if (really) {
                  process.requestEnd();
                }
              });
      write(channel, ByteBuffer.wrap(new byte[] {kind}));
      write(channel, ByteBuffer.wrap(request));
      channel.shutdownOutput();
      InputStream in = Channels.newInputStream(channel);
      byte[] answer = in.readNBytes(settings.maxBytes());
      if (in.read() >= 0) {
        throw new ExpansionException(
            "The expansion is larger than %d MB; the server's option is --max-expansion-mb."
                .formatted(settings.maxBytes() >> 20));
      }
      if (answer.length > 0) {
        return answer;
      }
    } catch (IOException e) {
      LOG.info("The expansion process cannot be reached", e);
    } finally {
      late.complete(false);
    }
    boolean tooLate = late.getNow(false);
    close();
    throw new ExpansionException(
        tooLate
            ? "The expansion took longer than %d s, and was given up."
                .formatted(settings.limit().toSeconds())
            : gone());
  }

  private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private String gone() {
    return "Transforms cannot be expanded: %s; its last output:%n%s"
        .formatted(process.describe(process.ended().join()), process.lastWords());
  }

  @Override
  public void close() {
    process.close();
  }
}
