"""A connection to the server, with its token on every call."""
import grpc
from apache_beam.runners.worker.channel_factory import GRPCChannelFactory

from tidemark_beam.server import Server

UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def connect(server: Server) -> grpc.Channel:
    """A channel, which may not be connected yet. The token travels by TLS or loopback only."""
    if server.certificates is not None:
        credentials = grpc.ssl_channel_credentials(server.certificates)
        channel = GRPCChannelFactory.secure_channel(server.endpoint, credentials, UNLIMITED)
    else:
        if server.token is not None and not _is_loopback(server.endpoint):
            raise ValueError(
                "A token is not sent to %s in plain text: give --tidemark_certificates"
                % server.endpoint
            )
        channel = GRPCChannelFactory.insecure_channel(server.endpoint, UNLIMITED)
    return grpc.intercept_channel(channel, _Token(server.token)) if server.token else channel


def _is_loopback(endpoint: str) -> bool:
    host = endpoint.rsplit(":", 1)[0].strip("[]")
    return host in ("localhost", "::1") or host.startswith("127.")


class _CallDetails(grpc.ClientCallDetails):
    def __init__(self, details, metadata):
        self.method = details.method
        self.timeout = details.timeout
        self.metadata = metadata
        self.credentials = details.credentials
        self.wait_for_ready = details.wait_for_ready
        self.compression = details.compression


class _Token(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    """Call credentials would do, but gRPC sends those by TLS only."""

    def __init__(self, token):
        self._header = ("authorization", "Bearer " + token)

    def _intercept(self, continuation, details, request):
        metadata = [*(details.metadata or ()), self._header]
        return continuation(_CallDetails(details, metadata), request)

    intercept_unary_unary = _intercept
    intercept_unary_stream = _intercept
    intercept_stream_unary = _intercept
    intercept_stream_stream = _intercept
