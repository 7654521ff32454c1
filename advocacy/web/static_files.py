"""How the static files are collected for a server."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names that change with the contents, in the imports of our scripts as well."""

    support_js_module_import_aggregation = True
