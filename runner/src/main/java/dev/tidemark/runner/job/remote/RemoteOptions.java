package dev.tidemark.runner.job.remote;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the server that {@code --jobEndpoint} names. Beam's own options say which files are
 * staged ({@code --filesToStage}, else the class path) and how long the server may take to answer
 * ({@code --jobServerTimeout}).
 */
public interface RemoteOptions extends PortablePipelineOptions {

  /** Whether the connection is encrypted. */
  @Description("Whether the job server is reached with TLS. Default: if one of its files is given.")
  @Default.Boolean(false)
  boolean getJobServerTls();

  void setJobServerTls(boolean tls);

  /** PEM file with what the server's certificate must lead to; null for what the JVM trusts. */
  @Description("PEM file with the certificates that the job server's must lead to.")
  @Nullable String getJobServerTrust();

  void setJobServerTrust(@Nullable String file);

  /** PEM file with the certificate of this side; null to show none. */
  @Description("PEM file with the certificate to show to the job server.")
  @Nullable String getJobServerCertificate();

  void setJobServerCertificate(@Nullable String file);

  /** PEM file with the key of that certificate. */
  @Description("PEM file with the key of --jobServerCertificate, PKCS 8.")
  @Nullable String getJobServerKey();

  void setJobServerKey(@Nullable String file);

  /** File with the token that the server wants; null for none. */
  @Description("File with the token that the job server wants, as its option --token-file.")
  @Nullable String getJobServerTokenFile();

  void setJobServerTokenFile(@Nullable String file);
}
