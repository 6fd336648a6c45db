from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class VideosConfig(AppConfig):
    name = "videos"

    def ready(self) -> None:
        # Hooks itself to huey; only a worker's process calls it.
        import_module("videos.work.keeper")
