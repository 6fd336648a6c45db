from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class VideosConfig(AppConfig):
    name = "videos"

    def ready(self) -> None:
        # Each app says in its steps.py which steps of the pipeline it carries out.
        autodiscover_modules("steps")
        # Hooks itself to huey; only a worker's process calls it.
        import_module("videos.keeper")
