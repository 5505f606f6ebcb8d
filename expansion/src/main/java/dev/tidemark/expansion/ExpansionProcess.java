package dev.tidemark.expansion;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.beam.model.expansion.v1.ExpansionApi.DiscoverSchemaTransformRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.DiscoverSchemaTransformResponse;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionRequest;
import org.apache.beam.model.expansion.v1.ExpansionApi.ExpansionResponse;
import org.apache.beam.sdk.expansion.service.ExpansionService;
import org.apache.beam.sdk.expansion.service.ExpansionServiceOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Expands the transforms of its class path, until it is ended. What expands them is Beam's own
 * {@link ExpansionService}; its server is not used, nor its service for artifacts, which opens any
 * path that a client names.
 */
public final class ExpansionProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ExpansionProcess.class);

  private final ExpansionService service;

  private ExpansionProcess(PipelineOptions options) {
    this.service = new ExpansionService(options);
  }

  /**
   * Runs it.
   *
   * @param arguments the path of the socket, then options for Beam's {@link ExpansionService}
   */
  public static void main(String... arguments) throws IOException {
    PipelineOptionsFactory.register(ExpansionServiceOptions.class);
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(Arrays.copyOfRange(arguments, 1, arguments.length))
            .create();
    // The server knows the files, and says what they are called.
    options.as(PortablePipelineOptions.class).setFilesToStage(List.of());
    new ExpansionProcess(options).serve(Path.of(arguments[0]));
  }

  private void serve(Path socket) throws IOException {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      System.out.println(ExpansionProtocol.READY);
      while (true) {
        SocketChannel call = listener.accept();
        threads.execute(() -> answer(call));
      }
    }
  }

  private void answer(SocketChannel call) {
    try (call) {
      InputStream in = Channels.newInputStream(call);
      int kind = in.read();
      byte[] request = in.readAllBytes();
      Message answer =
          kind == ExpansionProtocol.EXPAND
              ? expand(ExpansionRequest.parseFrom(request))
              : discover(DiscoverSchemaTransformRequest.parseFrom(request));
      answer.writeTo(Channels.newOutputStream(call));
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("A call was not answered", e);
    }
  }

  private ExpansionResponse expand(ExpansionRequest request) {
    Answer<ExpansionResponse> answer = new Answer<>();
    try {
      service.expand(request, answer);
      return answer.value();
    } catch (RuntimeException | Error e) {
      return ExpansionResponse.newBuilder().setError(Answer.trace(e)).build();
    }
  }

  private DiscoverSchemaTransformResponse discover(DiscoverSchemaTransformRequest request) {
    Answer<DiscoverSchemaTransformResponse> answer = new Answer<>();
    try {
      service.discoverSchemaTransform(request, answer);
      return answer.value();
    } catch (RuntimeException | Error e) {
      return DiscoverSchemaTransformResponse.newBuilder().setError(Answer.trace(e)).build();
    }
  }
}
