"""The steps of the pipeline that streaming carries out."""

from __future__ import annotations

from streaming.packaging import package_video

__all__ = ["package_video"]
