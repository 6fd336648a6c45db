"""What Prometheus reads: https://prometheus.io/docs/instrumenting/exposition_formats/

Figures about the work are read from the database at each scrape, so it does not matter which process is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from operations import figures
from operations.disk import disks
from operations.queue import QueueUnreachable, messages_waiting
from operations.requests import REQUEST_S
from videos.models import ProcessingStep, StepTotal
from videos.work.table import Lane
from videos.work.workers import living_workers


class SiteCollector(Collector):
    """Everything but requests."""

    def collect(self) -> Iterable[Metric]:
        yield from _work()
        yield from _ended()
        yield _gauge(
            "videostream_workers", "Worker processes heard of in the last half minute.", living_workers().count()
        )
        yield _gauge("videostream_uploads", "Uploads under way.", figures.uploads_under_way())
        try:
            yield _gauge("videostream_queue_messages", "Messages waiting in the queue.", messages_waiting())
        except QueueUnreachable:
            yield _gauge("videostream_queue_messages", "Messages waiting in the queue.", float("nan"))
        yield from _disks()


def _work() -> Iterable[Metric]:
    steps = GaugeMetricFamily("videostream_steps", "Steps that wait or run.", labels=["kind", "state"])
    for (kind, state), count in figures.unfinished_steps().items():
        steps.add_metric([kind, state], count)
    yield steps
    oldest = GaugeMetricFamily(
        "videostream_oldest_waiting_seconds", "For how long the oldest step waits that could run.", labels=["lane"]
    )
    for lane in Lane:
        oldest.add_metric([lane], figures.oldest_waiting_s(lane))
    yield oldest


def _ended() -> Iterable[Metric]:
    """What has ever ended: transcribe is the speech engine's time, nearly all of the rest ffmpeg's."""
    counts = CounterMetricFamily("videostream_steps_ended", "Steps that have ended.", labels=["kind", "state"])
    work = CounterMetricFamily(
        "videostream_step_work_seconds", "Time that steps took which were done.", labels=["kind"]
    )
    heard_s = 0.0
    for total in StepTotal.objects.all():
        counts.add_metric([total.kind, total.state], total.count)
        heard_s += total.heard_ms / 1000
        if total.state == ProcessingStep.State.DONE:
            work.add_metric([total.kind], total.work_ms / 1000)
    yield counts
    yield work
    yield CounterMetricFamily("videostream_heard_seconds", "Sound that was listened to for words.", value=heard_s)


def _disks() -> Iterable[Metric]:
    free = GaugeMetricFamily("videostream_disk_free_bytes", "Free on the disk of a folder.", labels=["folder"])
    total = GaugeMetricFamily("videostream_disk_bytes", "Size of the disk of a folder.", labels=["folder"])
    for disk in disks():
        free.add_metric([disk.folder], disk.free_bytes)
        total.add_metric([disk.folder], disk.total_bytes)
    yield free
    yield total


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def exposition() -> bytes:
    """All figures as text. Raises DatabaseError, OSError."""
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    if settings.REQUEST_FIGURES_DIR:
        multiprocess.MultiProcessCollector(registry, path=settings.REQUEST_FIGURES_DIR)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUEST_S)
    return generate_latest(registry)
