"""What a step reads stays readable until it ends, whatever happens to the video meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from mediatools import hls, poster
from tests.factories import make_clip, published, uploaded
from videos import files, originals, services
from videos.models import ProcessingStep, Video
from videos.work import worker

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC, PRIVATE = Video.Visibility.PUBLIC, Video.Visibility.PRIVATE


@pytest.fixture
def video(alice: User) -> Video:
    """A video with a video.mp4 of four bytes."""
    video = published(alice)
    path = files.stored_path(files.media_key(video, files.VIDEO_FILE))
    path.parent.mkdir(parents=True)
    path.write_text("film")
    return video


@pytest.mark.parametrize(("before", "after"), [(PUBLIC, PRIVATE), (PRIVATE, PUBLIC)])
def test_who_reads_a_video_keeps_it_when_its_visibility_changes(video: Video, before: str, after: str) -> None:
    video = services.change_details(video=video, visibility=before)

    with files.local_media(video, files.VIDEO_FILE) as path:
        services.change_details(video=video, visibility=after)
        assert path.read_text() == "film"


def test_who_knows_an_older_visibility_reads_all_the_same(video: Video) -> None:
    older = Video.objects.get(pk=video.pk)
    services.change_details(video=video, visibility=PRIVATE)

    with files.local_media(older, files.VIDEO_FILE) as path:
        assert path.read_text() == "film"


def test_who_reads_an_original_keeps_it_when_it_is_deleted(alice: User, tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    source.write_text("film")
    video = uploaded(alice, source)

    with originals.local_original(video.original_file) as path:
        services.delete_video(video)
        assert path.read_text() == "film"


def test_a_disk_without_hard_links_is_read_from_a_copy(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("videos.files.os.link", refuse)

    with files.local_media(video, files.VIDEO_FILE) as path:
        services.change_details(video=video, visibility=PRIVATE)
        assert path.read_text() == "film"


def test_what_is_not_there_is_said(video: Video) -> None:
    with pytest.raises(FileNotFoundError), files.local_media(video, files.POSTER_FILE):
        pass
    services.delete_video(Video.objects.get(pk=video.pk))
    with pytest.raises(FileNotFoundError), files.local_media(video, files.VIDEO_FILE):
        pass


def test_nothing_is_left_of_what_was_read(video: Video) -> None:
    with files.local_media(video, files.VIDEO_FILE) as path:
        pass

    assert not path.exists()
    assert files.stored_path(files.media_key(video, files.VIDEO_FILE)).read_text() == "film"


@pytest.mark.parametrize("kind", ["package", "poster"])
def test_a_step_goes_on_when_its_video_is_made_private(
    alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The change comes as the step is about to start a program, the worst moment."""
    video = uploaded(alice, make_clip(tmp_path / "clip.mp4", audio=False))
    changes = iter([PRIVATE, PUBLIC] * 10)

    def change_first(path: Path, *details: Any, **more: Any) -> object:
        with transaction.atomic():
            services.change_details(video=video, visibility=next(changes))
        return real(path, *details, **more)

    cases: dict[str, tuple[str, Callable[..., object]]] = {
        "package": ("streaming.packaging.package", hls.package),
        "poster": ("videos.steps.make_poster", poster.make_poster),
    }
    module, real = cases[kind]
    monkeypatch.setattr(module, change_first)

    worker.work_until_idle(lambda: None)

    assert video.steps.get(kind=kind).state == ProcessingStep.State.DONE
