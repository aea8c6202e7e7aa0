"""Where signing keys and the times signed with last are kept: the system's keyring, and a small file of times.

Without a keyring (a machine without a desktop) a key comes from a file that only its owner can read.
"""

import hashlib
import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.link.signing import Signer, SigningKey
from planner.link.wire import signer_of
from planner.model.errors import BadInput

SERVICE = "quaywatch-mavlink-signing"


def keep_key(name: str, text: str) -> None:
    """Puts a key into the keyring.

    Raises:
        BadInput: an empty key, or no keyring.
    """
    key = SigningKey.of(text)
    _keyring(lambda ring: ring.set_password(SERVICE, name, key.secret.hex()))


def drop_key(name: str) -> None:
    """Takes a key out of the keyring.

    Raises:
        BadInput: there is none of that name, or no keyring.
    """
    kept_key(name)
    _keyring(lambda ring: ring.delete_password(SERVICE, name))


def kept_key(name: str) -> SigningKey:
    """The key of that name.

    Raises:
        BadInput: there is none, or no keyring.
    """
    text = _keyring(lambda ring: ring.get_password(SERVICE, name))
    if not text:
        raise BadInput("--sign", f"there is no key {name!r}; put one in with `quaywatch link key set {name}`")
    return SigningKey.of(str(text))


def key_in(path: Path) -> SigningKey:
    """The key in a file that nobody else can read.

    Raises:
        BadInput: missing, readable by others, or no key.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not a text file"
        raise BadInput(path, f"the signing key cannot be read: {why}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadInput(path, "can be read by others than its owner; chmod 600 it")
    return SigningKey.of(text)


class Times:
    """The times signed with last, by a fingerprint of the key, in a file. What cannot be kept is kept in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or _usual()

    def last(self, key: SigningKey) -> int:
        """The time to begin after; 0 for a key that was not used yet."""
        value = self._all().get(_fingerprint(key), 0)
        return value if isinstance(value, int) and value >= 0 else 0

    def keep(self, key: SigningKey, at: int) -> None:
        """Remembers a time; never an earlier one than before."""
        known = self._all()
        mark = _fingerprint(key)
        known[mark] = max(at, self.last(key))
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(known), encoding="utf-8")
            part.replace(self._path)
        except OSError as error:
            raise BadInput(self._path, f"the time of signing cannot be kept: {error.strerror or error}") from None

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Signing:
    """A key, and where the times signed with it are kept."""

    key: SigningKey
    times: Times = field(default_factory=Times)

    def signer(self) -> Signer:
        """A signer that goes on after the last time."""
        return signer_of(self.key, self.times.last(self.key))

    def ended(self, signer: Signer) -> None:
        """Remembers how far it came."""
        self.times.keep(self.key, signer.last)


def _usual() -> Path:
    from platformdirs import user_state_path

    return user_state_path("quaywatch") / "signing.json"


def _fingerprint(key: SigningKey) -> str:
    return hashlib.sha256(b"quaywatch fingerprint" + key.secret).hexdigest()[:16]


def _keyring(do: Any) -> Any:  # noqa: ANN401 -- keyring has no static types worth the name
    import keyring
    from keyring.errors import KeyringError

    try:
        return do(keyring)
    except (KeyringError, RuntimeError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        other = "keep the key in a file that only you can read, and name it with --sign-file"
        raise BadInput("keyring", f"cannot be used here ({why}); {other}") from None
