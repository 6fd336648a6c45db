from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.s3_server import Bucket, S3Server
from videos import files


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(s3_server: S3Server, settings: LazySettings) -> Iterator[Bucket]:
    """An empty bucket; the site stores in it from now on."""
    bucket = s3_server.new_bucket()
    settings.BUCKET_OPTIONS = bucket.options
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "videos.storage.BucketStorage", "OPTIONS": bucket.options},
    }
    yield bucket
    if not files.is_on_disk():
        files.bucket().connection.meta.client.close()
    # Those of threads that have ended: nobody can close them by hand.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
