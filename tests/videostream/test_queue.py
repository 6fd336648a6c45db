"""videostream/queue.py on a real Postgres server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import psycopg2
import pytest

from tests.live_site import REPOSITORY
from tests.postgres_server import PostgresServer
from videostream.queue import PostgresHuey


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def queue(server: PostgresServer) -> Iterator[PostgresHuey]:
    queue = PostgresHuey(
        "tests", host=server.folder, port=5432, database="videostream", user="videostream", password="", results=False
    )
    queue.create_schema()
    queue.flush()
    yield queue
    queue.storage.close()


def test_a_message_is_delivered_once_and_the_more_urgent_first(queue: PostgresHuey) -> None:
    queue.storage.enqueue(b"later", priority=0)
    queue.storage.enqueue(b"first", priority=5)
    assert [queue.storage.dequeue() for _ in range(3)] == [b"first", b"later", None]


def test_workers_that_ask_at_once_never_get_the_same_message(queue: PostgresHuey) -> None:
    for number in range(60):
        queue.storage.enqueue(str(number).encode())
    delivered: list[bytes] = []

    def work() -> None:
        while (message := queue.storage.dequeue()) is not None:
            delivered.append(message)
        queue.storage.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, delivered)) == list(range(60))


def test_it_connects_again_after_the_server_cut_the_connection(queue: PostgresHuey, server: PostgresServer) -> None:
    queue.storage.enqueue(b"before")
    other = psycopg2.connect(host=server.folder, user="videostream", dbname="videostream")
    with other, other.cursor() as cursor:
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    other.close()
    queue.storage.enqueue(b"after")
    assert queue.storage.queue_size() == 2


def test_the_queue_keeps_out_of_the_tables_of_the_site(queue: PostgresHuey, server: PostgresServer) -> None:
    other = psycopg2.connect(host=server.folder, user="videostream", dbname="videostream")
    with other, other.cursor() as cursor:
        cursor.execute("SELECT table_schema FROM information_schema.tables WHERE table_name = 'task'")
        assert cursor.fetchall() == [("queue",)]
    other.close()


def test_several_containers_may_prepare_the_site_at_once(server: PostgresServer) -> None:
    environment = {**os.environ, **server.environment, "DJANGO_SETTINGS_MODULE": "videostream.settings"}
    started = [
        subprocess.Popen(
            [sys.executable, "manage.py", "prepare_site", "-v0"],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(2)
    ]
    for process in started:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
