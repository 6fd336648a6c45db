"""Static files under hashed names, ES modules included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is not typed
    """Also rewrites `import` and `export ... from` to hashed names: a module graph can be cached for ever."""

    support_js_module_import_aggregation = True
