package dev.tidemark.runner.job.jvm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Server;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyServerBuilder;

/**
 * The program of a job's own JVM. Its argument is a folder with the job in it, for its user's eyes
 * only. It listens on a port of 127.0.0.1 for calls that bear the job's token, says on standard
 * output which port that is, and runs the job when it is asked for its messages. It does not end by
 * itself: whoever started it asks for the last metrics and ends it.
 *
 * <p>What is public here is what a server of any version has to know.
 */
public final class JobJvm {
  /** The file with the pipeline, a Beam model {@code Pipeline}. */
  public static final String PIPELINE_FILE = "pipeline.pb";

  /** The file with the client's pipeline options, a protobuf {@code Struct}. */
  public static final String OPTIONS_FILE = "options.pb";

  /** The file with the token that calls must bear. */
  public static final String TOKEN_FILE = "token";

  /**
   * The file with the directory in which the job keeps its state, and on the next line the folder
   * of the snapshot that this begins with, if there is one. Not there if the job keeps none.
   */
  public static final String STATE_FILE = "state";

  /** The folder for what does not fit into memory; is there. */
  public static final String SCRATCH_FOLDER = "tmp";

  /** The first line of output that begins so ends with the port. */
  public static final String LISTENS = "tidemark job jvm listens at 127.0.0.1:";

  private JobJvm() {}

  /** Runs until the process is ended. */
  public static void main(String... arguments) throws IOException, InterruptedException {
    Path folder = Path.of(arguments[0]);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))
            .intercept(new TokenCheck(Files.readString(folder.resolve(TOKEN_FILE))))
            .addService(new JobJvmService(new JobRun(folder)))
            .build()
            .start();
    System.out.println(LISTENS + server.getPort());
    server.awaitTermination();
  }
}
