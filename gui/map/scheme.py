"""The map's own address, quaywatch://map/, served from files of this package; nothing else can be loaded.

The scheme is local and secure. Chromium keeps a local page off the network, and the interceptor refuses any
request that is not for this scheme, so that the guard does not rest on one setting.
"""

import logging
from pathlib import Path

from PyQt6 import QtWebEngineWidgets  # noqa: F401 - must be imported before QApplication exists
from PyQt6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QObject, QUrl
from PyQt6.QtWebEngineCore import (
    QWebEngineProfile,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from typing_extensions import override

SCHEME = b"quaywatch"
PAGE_URL = "quaywatch://map/index.html"
WEB = Path(__file__).parent / "web"
_KINDS = {
    ".html": b"text/html",
    ".js": b"text/javascript",
    ".css": b"text/css",
    ".json": b"application/json",
    ".png": b"image/png",
    ".svg": b"image/svg+xml",
}
_LOCAL = ("quaywatch", "data", "blob", "qrc")
_log = logging.getLogger(__name__)


def register_scheme() -> None:
    """Make the scheme known to Chromium. Must run before QApplication exists; more than once does no harm."""
    if QWebEngineUrlScheme.schemeByName(QByteArray(SCHEME)).name() == SCHEME:
        return
    scheme = QWebEngineUrlScheme(SCHEME)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flag = QWebEngineUrlScheme.Flag
    scheme.setFlags(
        flag.SecureScheme
        | flag.LocalScheme
        | flag.LocalAccessAllowed
        | flag.CorsEnabled
        | flag.FetchApiAllowed
        | flag.ContentSecurityPolicyIgnored
    )
    QWebEngineUrlScheme.registerScheme(scheme)


class Guard(QWebEngineUrlRequestInterceptor):
    """Refuses every request that would leave the program, and remembers which."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.refused: list[str] = []
        self.served: list[str] = []

    @override
    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Block what is not ours."""
        url = info.requestUrl()
        if url.scheme() in _LOCAL:
            self.served.append(url.toString(url.UrlFormattingOption.RemoveQuery)[:200])
            return
        self.refused.append(url.toString())
        _log.warning("the map asked for %s; refused", url.toString())
        info.block(shouldBlock=True)


class MapFiles(QWebEngineUrlSchemeHandler):
    """Answers quaywatch://map/NAME with the file NAME of the web folder, and Qt's own qwebchannel.js.

    `lent` are documents that are shown beside the map, by name.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lent: dict[str, bytes] = {}

    @override
    def requestStarted(self, job: QWebEngineUrlRequestJob | None) -> None:
        """Answer one request."""
        if job is None:
            return
        name = job.requestUrl().path().lstrip("/") or "index.html"
        content = self.lent.get(name) or _read(name)
        if content is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(QByteArray(content))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(_KINDS[Path(name).suffix], buffer)


def make_profile(parent: QObject) -> tuple[QWebEngineProfile, Guard]:
    """A profile that keeps nothing on disk, serves the map and lets nothing out. One is enough for a program."""
    profile = QWebEngineProfile(parent)
    guard = Guard(profile)
    profile.setUrlRequestInterceptor(guard)
    profile.installUrlSchemeHandler(QByteArray(SCHEME), MapFiles(profile))
    return profile, guard


def lend(profile: QWebEngineProfile, name: str, content: bytes) -> QUrl:
    """The address under which pages of a profile find a document (NAME.html); another of that name takes its place."""
    handler = profile.urlSchemeHandler(QByteArray(SCHEME))
    if not isinstance(handler, MapFiles):
        raise TypeError("the profile does not serve the map")
    handler.lent[name] = content
    return QUrl(f"quaywatch://map/{name}")


def _read(name: str) -> bytes | None:
    if name == "qwebchannel.js":
        source = QFile(":/qtwebchannel/qwebchannel.js")
        if not source.open(QIODevice.OpenModeFlag.ReadOnly):
            return None
        return bytes(source.readAll().data())
    path = (WEB / name).resolve()
    if not path.is_relative_to(WEB.resolve()) or path.suffix not in _KINDS or not path.is_file():
        return None
    return path.read_bytes()
