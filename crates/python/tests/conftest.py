"""The engine of the tests of `denizen.spark`.

DENIZEN_SPARK_MASTER says which: nothing for Sail, which has the interface of Spark Connect and starts in a second; `local[2]` or another
address for Spark; `standalone` for a cluster of two workers that is started here.
"""

import os
import sys

import pytest
import standalone


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    master = os.environ.get("DENIZEN_SPARK_MASTER", "")
    if master != "standalone":
        yield from session_on({"spark.master": master, "spark.ui.enabled": "false"} if master else None)
        return
    if reason := standalone.missing():
        pytest.skip(reason)
    with standalone.cluster(tmp_path_factory.mktemp("cluster")) as settings:
        yield from session_on(settings)


def session_on(settings):
    sql = pytest.importorskip("pyspark.sql")
    if settings:
        # Else workers take the first Python of PATH, which need not have the package.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = sql.SparkSession.builder
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()
        return
    sail = pytest.importorskip("pysail.spark")
    server = sail.SparkConnectServer()
    server.start(background=True)
    address, port = server.listening_address
    session = sql.SparkSession.builder.remote(f"sc://{address}:{port}").getOrCreate()
    yield session
    session.stop()
    server.stop()
