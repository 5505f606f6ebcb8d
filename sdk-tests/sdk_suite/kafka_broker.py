"""A Kafka broker of one node, in a process of its own."""
from __future__ import annotations

import base64
import os
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import processes
from .cache import call
from .ports import free_port, listens

START_SECONDS = 120.0
JVM = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/logs
num.partitions=2
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


@contextmanager
def kafka_broker(jars: Path, folder: Path) -> Iterator[str]:
    """host:port of a broker with the given jars, which keeps all it has in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    properties = folder / "server.properties"
    properties.write_text(
        PROPERTIES.format(port=port, controller=free_port(), folder=folder)
    )
    java = [*JVM, "-cp", "%s/*" % jars]
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    call([*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", properties])
    log = folder / "broker.log"
    with processes.started([*java, "kafka.Kafka", properties], log, os.environ, folder) as process:
        deadline = time.monotonic() + START_SECONDS
        while not listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("Kafka did not start:\n" + processes.tail(log))
            time.sleep(0.1)
        yield "127.0.0.1:%d" % port
