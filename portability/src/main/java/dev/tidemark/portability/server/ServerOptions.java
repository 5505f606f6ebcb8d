package dev.tidemark.portability.server;

import dev.tidemark.portability.grpc.ServerSettings;
import dev.tidemark.portability.grpc.TlsFiles;
import dev.tidemark.portability.job.JobLimits;
import dev.tidemark.runner.epoch.ExecutionOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a job server; the first ones are those of Beam's own job servers. */
final class ServerOptions {

  @Option(
      names = "--job-host",
      paramLabel = "<host>",
      description = "Where to listen for jobs. Default: ${DEFAULT-VALUE}.")
  private String jobHost = "localhost";

  @Option(
      names = "--job-port",
      paramLabel = "<port>",
      description = "The port for jobs; 0 picks one. Default: ${DEFAULT-VALUE}.")
  private int jobPort = 8099;

  @Option(
      names = "--artifact-port",
      paramLabel = "<port>",
      description = "A port of its own for artifacts. Default, and with 0: the one for jobs.")
  private int artifactPort;

  @Option(
      names = "--artifacts-dir",
      paramLabel = "<folder>",
      description =
          "Where each job has a folder for its files while it runs. Default: tidemark-artifacts-"
              + "<user> in the system's folder for temporary files.")
  private @Nullable Path artifactsDir;

  @Option(
      names = "--clean-artifacts-per-job",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "<true|false>",
      description =
          "Whether a job's files go when it ends; else when it is forgotten. Default: true.")
  private boolean cleanArtifactsPerJob = true;

  @Option(
      names = "--history-size",
      paramLabel = "<number>",
      description = "How many ended jobs are remembered. Default: ${DEFAULT-VALUE}.")
  private int historySize = JobLimits.defaults().finishedJobs();

  @Option(
      names = "--history-hours",
      paramLabel = "<hours>",
      description = "How long an ended job is remembered. Default: ${DEFAULT-VALUE}.")
  private int historyHours = Math.toIntExact(JobLimits.defaults().finishedFor().toHours());

  @Option(
      names = "--max-pipeline-mb",
      paramLabel = "<MB>",
      description = "How large a pipeline may be. Default: ${DEFAULT-VALUE}.")
  private int maxPipelineMb = JobLimits.defaults().prepareBytes() >> 20;

  @Option(
      names = "--max-prepared-jobs",
      paramLabel = "<number>",
      description = "How many jobs may be prepared and not run. Default: ${DEFAULT-VALUE}.")
  private int maxPreparedJobs = JobLimits.defaults().preparedJobs();

  @Option(
      names = "--prepared-minutes",
      paramLabel = "<minutes>",
      description = "How long a prepared job waits to be run. Default: ${DEFAULT-VALUE}.")
  private int preparedMinutes = Math.toIntExact(JobLimits.defaults().preparedFor().toMinutes());

  @Option(
      names = "--artifact-quota-mb",
      paramLabel = "<MB>",
      description = "What the files of one job may take. Default: ${DEFAULT-VALUE}.")
  private long artifactQuotaMb = JobLimits.defaults().artifactBytes() >> 20;

  @Option(
      names = "--memory-mb",
      paramLabel = "<MB>",
      description =
          "What all jobs together may take of this process's heap for what can as well be on disk: "
              + "elements between stages, groups, side inputs, bundles. Default: six tenths of it.")
  private long memoryMb = ExecutionOptions.ShareOfHeap.megabytes();

  @Option(
      names = "--advertise-host",
      paramLabel = "<host>",
      description = "This machine's name in addresses that are handed out. Default: --job-host.")
  private @Nullable String advertiseHost;

  @Option(
      names = "--tls-certificate",
      paramLabel = "<file>",
      description = "This server's certificate chain, PEM; with it the server speaks TLS only.")
  private @Nullable Path tlsCertificate;

  @Option(
      names = "--tls-key",
      paramLabel = "<file>",
      description = "The certificate's private key, PEM (PKCS 8).")
  private @Nullable Path tlsKey;

  @Option(
      names = "--tls-clients",
      paramLabel = "<file>",
      description = "Certificates that those of clients must lead to, PEM: mutual TLS.")
  private @Nullable Path tlsClients;

  @Option(
      names = "--token-file",
      paramLabel = "<file>",
      description = "A file with a token that clients must send (authorization: Bearer ...).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--allow-remote-plaintext",
      description =
          "Listen without TLS although other machines can connect: whoever can reach the port can "
              + "then run code here, and read along.")
  private boolean allowRemotePlaintext;

  /**
   * The settings that the options ask for.
   *
   * @throws InvalidServerOptionException if they make no sense, or are not safe
   */
  JobServerSettings settings() throws InvalidServerOptionException {
    checkAddress();
    ServerSettings listener =
        ServerSettings.loopback()
            .at(jobHost, inRange("--job-port", jobPort, 0, 65_535))
            .withTls(tls())
            .withToken(token());
    int artifacts = inRange("--artifact-port", artifactPort, 0, 65_535);
    return new JobServerSettings(
        listener,
        artifacts == 0 || artifacts == jobPort ? OptionalInt.empty() : OptionalInt.of(artifacts),
        advertiseHost == null ? jobHost : advertiseHost,
        artifactsDir == null ? defaultFolder() : artifactsDir,
        limits(),
        memoryBytes());
  }

  private long memoryBytes() throws InvalidServerOptionException {
    return (long) inRange("--memory-mb", memoryMb, 1, Integer.MAX_VALUE) << 20;
  }

  private JobLimits limits() throws InvalidServerOptionException {
    return JobLimits.defaults()
        .withPrepareBytes(inRange("--max-pipeline-mb", maxPipelineMb, 1, 1024) << 20)
        .withPrepared(
            inRange("--max-prepared-jobs", maxPreparedJobs, 1, Integer.MAX_VALUE),
            Duration.ofMinutes(inRange("--prepared-minutes", preparedMinutes, 1, 1_000_000)))
        .withFinished(
            inRange("--history-size", historySize, 0, Integer.MAX_VALUE),
            Duration.ofHours(inRange("--history-hours", historyHours, 1, 1_000_000)))
        .withArtifacts(
            (long) inRange("--artifact-quota-mb", artifactQuotaMb, 0, Integer.MAX_VALUE) << 20,
            !cleanArtifactsPerJob);
  }

  private void checkAddress() throws InvalidServerOptionException {
    InetAddress address;
    try {
      address = InetAddress.getByName(jobHost);
    } catch (UnknownHostException e) {
      throw new InvalidServerOptionException(
          "--job-host=" + jobHost + " is not known on this machine.");
    }
    if (!address.isLoopbackAddress() && tlsCertificate == null && !allowRemotePlaintext) {
      throw new InvalidServerOptionException(
          "--job-host="
              + jobHost
              + " can be reached from other machines. Give --tls-certificate and --tls-key, or "
              + "allow everybody who reaches the port to run code here: --allow-remote-plaintext.");
    }
  }

  private @Nullable TlsFiles tls() throws InvalidServerOptionException {
    if (tlsCertificate == null && tlsKey == null && tlsClients == null) {
      return null;
    }
    if (tlsCertificate == null || tlsKey == null) {
      throw new InvalidServerOptionException("TLS needs both --tls-certificate and --tls-key.");
    }
    return new TlsFiles(tlsCertificate, tlsKey, tlsClients);
  }

  private @Nullable String token() throws InvalidServerOptionException {
    if (tokenFile == null) {
      return null;
    }
    String token;
    try {
      token = Files.readString(tokenFile).strip();
    } catch (IOException e) {
      throw new InvalidServerOptionException("--token-file=" + tokenFile + " cannot be read: " + e);
    }
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new InvalidServerOptionException(
          "--token-file=" + tokenFile + " must hold one line of visible ASCII characters.");
    }
    return token;
  }

  private static Path defaultFolder() {
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        "tidemark-artifacts-" + System.getProperty("user.name"));
  }

  private static int inRange(String name, long value, int least, int most)
      throws InvalidServerOptionException {
    if (value < least || value > most) {
      throw new InvalidServerOptionException(
          "%s=%d must be from %d to %d.".formatted(name, value, least, most));
    }
    return (int) value;
  }
}
