"""The token, against a small server."""
from concurrent import futures

import grpc
import pytest

from tidemark_beam.channel import connect
from tidemark_beam.server import Server

METHODS = ["unary_unary", "unary_stream", "stream_unary", "stream_stream"]


class Echo(grpc.GenericRpcHandler):
    """Answers each call with the authorization it came with."""

    def service(self, details):
        header = dict(details.invocation_metadata).get("authorization", "none").encode()
        kind = details.method.rsplit("/", 1)[1]
        answer = (lambda r, c: iter([header])) if kind.endswith("stream") else lambda r, c: header
        return getattr(grpc, kind + "_rpc_method_handler")(answer)


@pytest.fixture
def endpoint():
    server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[Echo()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield "127.0.0.1:%d" % port
    server.stop(0)


@pytest.mark.parametrize("kind", METHODS)
def test_every_kind_of_call_bears_the_token(endpoint, kind):
    with connect(Server(endpoint, "abc")) as channel:
        request = iter([b"x"]) if kind.startswith("stream") else b"x"
        answer = getattr(channel, kind)("/echo/" + kind)(request)
        answer = next(answer) if kind.endswith("stream") else answer

    assert answer == b"Bearer abc"


def test_without_a_token_there_is_none(endpoint):
    with connect(Server(endpoint)) as channel:
        assert channel.unary_unary("/echo/unary_unary")(b"x") == b"none"


def test_a_token_is_not_sent_in_plain_text_to_another_machine():
    with pytest.raises(ValueError, match="plain text"):
        connect(Server("example.org:80", "abc"))
