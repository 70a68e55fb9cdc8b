"""A standalone cluster of Spark on this machine: a master and workers, each a process, in a folder. All that travels between them is encrypted."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

SETTINGS = {
    "spark.authenticate": "true",
    "spark.network.crypto.enabled": "true",
    "spark.io.encryption.enabled": "true",
}


def missing() -> str | None:
    """What is not there and is needed."""
    try:
        import pyspark
    except ImportError:
        return "pyspark is not installed"
    if not _spark_class(Path(pyspark.__file__).parent).exists():
        return "what is installed is the client of Spark only"
    java = Path(os.environ.get("JAVA_HOME", "/nowhere")) / "bin/java"
    return None if java.exists() or shutil.which("java") else "there is no Java"


def _spark_class(home: Path) -> Path:
    return home / "bin/spark-class"


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[dict[str, str]]:
    """The settings of a session on a cluster that ends with the block: one core for each worker."""
    import pyspark

    properties = folder / "spark.conf"
    # The secret is in no argument, where others could read it.
    properties.touch(mode=0o600)
    settings = {**SETTINGS, "spark.authenticate.secret": secrets.token_hex(16)}
    properties.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    home = Path(pyspark.__file__).parent
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, role: str, *arguments: str) -> Path:
        environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
        environment["SPARK_LOCAL_DIRS"] = str(folder / f"{name}-local")
        log = folder / f"{name}.log"
        with log.open("wb") as output:
            command = [_spark_class(home), f"org.apache.spark.deploy.{role}", "--properties-file", properties]
            command += ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0", *arguments]
            started.append(subprocess.Popen(command, stdout=output, stderr=output, env=environment))
        return log

    try:
        log = start("master", "master.Master")
        [url] = _told(log, r"Starting Spark master at (spark://\S+)", 1)
        for number in range(workers):
            start(f"worker-{number}", "worker.Worker", "--cores", "1", "--memory", "2g", "--work-dir", str(folder / "work"), url)
        _told(log, r"Registering worker (\S+)", workers)
        (folder / "events").mkdir()
        yield {
            **settings,
            "spark.master": url,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.executor.memory": "768m",
            "spark.ui.enabled": "false",
            "spark.local.dir": str(folder / "driver-local"),
            "spark.eventLog.enabled": "true",
            # What is searched for the key has to be plain.
            "spark.eventLog.compress": "false",
            "spark.eventLog.dir": (folder / "events").as_uri(),
        }
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()


def _told(log: Path, pattern: str, times: int) -> list[str]:
    """What a process says of itself."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found = re.findall(pattern, log.read_text(errors="replace"))
        if len(found) >= times:
            return found
        time.sleep(0.1)
    raise TimeoutError(log.read_text(errors="replace"))
