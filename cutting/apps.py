from __future__ import annotations

from django.apps import AppConfig


class CuttingConfig(AppConfig):
    name = "cutting"
