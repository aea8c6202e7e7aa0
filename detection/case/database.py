"""The file of a case: opened, checked, locked, and its failures turned into sentences.

SQLite in write-ahead mode with full synchronisation: what a call has returned from is on the disk.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from detection.case.errors import (
    CaseBusy,
    CaseDamaged,
    CaseError,
    CaseFull,
    CaseReadOnly,
    CaseTooNew,
    NotACase,
)
from detection.case.schema import APPLICATION_ID, VERSION, metadata

FILE_NAME = "case.sqlite"
LOCK_NAME = "case.lock"
OWN_NAMES = frozenset({FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", f"{FILE_NAME}-journal", LOCK_NAME, "crops"})
BUSY_S = 5.0


def engine_of(folder: Path, *, read_only: bool = False) -> Engine:
    """An engine on the case file of a folder; opens nothing yet."""
    file = (folder / FILE_NAME).absolute()
    if read_only:
        # a folder that cannot be written cannot hold SQLite's helper files either
        wal = file.with_name(f"{FILE_NAME}-wal")
        frozen = "&immutable=1" if not wal.exists() or wal.stat().st_size == 0 else ""
        address = f"sqlite:///{file.as_uri()}?mode=ro{frozen}&uri=true"
    else:
        address = f"sqlite:///{file}"
    engine = create_engine(address, connect_args={"timeout": BUSY_S, "check_same_thread": False})
    _configure(engine, read_only=read_only)
    return engine


def _configure(engine: Engine, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection has no stub
        connection.isolation_level = None  # transactions begin where this module says
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turns the database's failures into a sentence that names the folder.

    Raises:
        CaseError: one of its kinds, by what the database said.
    """
    try:
        yield
    except IntegrityError:
        raise  # a promise broken by this program, not by the disk
    except DatabaseError as error:
        raise _sentence(folder, error) from error


def _sentence(folder: Path, error: DatabaseError) -> CaseError:
    said = str(error.orig).lower()
    if "full" in said:
        return CaseFull(folder, "no space is left on the disk; nothing was lost, make room and give the command again")
    if "locked" in said or "busy" in said:
        return CaseBusy(folder, "another program is writing in this case; wait until it has finished, or close it")
    if "readonly" in said or "read-only" in said:
        return CaseReadOnly(folder, "the case cannot be written; copy it to a place where you may write")
    if "unable to open" in said:
        return CaseReadOnly(folder, "the case file cannot be opened; check that you may read and write this folder")
    if "disk i/o" in said:
        return CaseDamaged(folder, "the disk failed while the case was read or written; check the disk and its space")
    return CaseDamaged(
        folder, f"{FILE_NAME} is damaged ({error.orig}); it was left as it is, take the last copy of this folder"
    )


@contextmanager
def reading(engine: Engine, folder: Path) -> Iterator[Connection]:
    """One consistent view of the case."""
    with explained(folder), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, folder: Path) -> Iterator[Connection]:
    """One transaction: all of it or nothing."""
    with explained(folder), engine.connect() as raw:
        connection = raw.execution_options(writes=True)
        with connection.begin():
            yield connection


def make_folder(folder: Path) -> None:
    """Makes room for a case, if it is not there yet.

    Raises:
        NotACase: it is a file, or a folder that holds something else.
        CaseReadOnly: no right to make it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = {entry.name for entry in folder.iterdir()}
    except (FileExistsError, NotADirectoryError):
        raise NotACase(folder, "is a file; a case is a folder, name an empty or new one") from None
    except OSError as error:
        raise CaseReadOnly(folder, f"cannot hold a case: {error.strerror or error}") from None
    if FILE_NAME not in held and not held <= OWN_NAMES:
        raise NotACase(folder, "holds other files and no case; name an empty or new folder")


def make_tables(engine: Engine, folder: Path) -> bool:
    """Writes the empty tables where there are none; True if it did."""
    with writing(engine, folder) as connection:
        if _table_count(connection):
            return False
        metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        return True


def check_version(engine: Engine, folder: Path) -> None:
    """Refuses what is no case, or one that a newer version wrote.

    Raises:
        NotACase: not this program's file.
        CaseTooNew: written by a newer version.
        CaseDamaged: no database.
    """
    with reading(engine, folder) as connection:
        application = connection.execute(text("PRAGMA application_id")).scalar_one()
        version = connection.execute(text("PRAGMA user_version")).scalar_one()
        empty = not _table_count(connection)
    if empty and application == 0:
        raise NotACase(folder, f"{FILE_NAME} is empty; it holds no case yet")
    if application != APPLICATION_ID:
        raise NotACase(folder, f"{FILE_NAME} was not written by Quaywatch; name the folder of a case")
    if version > VERSION:
        raise CaseTooNew(
            folder,
            f"was written by a newer Quaywatch (case version {version}, this one knows {VERSION}); update Quaywatch",
        )


def bring_up_to_date(engine: Engine, folder: Path) -> None:
    """Gives a case of an older version the tables that it lacks; what is in it stays as it is."""
    with reading(engine, folder) as connection:
        version = connection.execute(text("PRAGMA user_version")).scalar_one()
    if version < VERSION:
        with writing(engine, folder) as connection:
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


def _table_count(connection: Connection) -> int:
    count = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE type = 'table'")).scalar_one()
    return int(count)


def damage(engine: Engine, folder: Path) -> tuple[str, ...]:
    """What SQLite's own integrity check finds wrong, in its words; empty for a sound file."""
    with reading(engine, folder) as connection:
        rows = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(20)"))]
    return () if rows == ["ok"] else tuple(rows)


class WriterLock:
    """Held by the one process that triages into a case; the system lets go of it when the process dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._folder = folder
        self._handle: int | None = None

    def __enter__(self) -> "WriterLock":
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        except OSError as error:
            raise CaseReadOnly(self._folder, f"the case cannot be written: {error.strerror or error}") from None
        if not _locked(self._handle):
            os.close(self._handle)
            self._handle = None
            raise CaseBusy(self._folder, "another triage is writing in this case; wait until it has finished")
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _locked(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # no such lock on Windows: SQLite's own still keeps two writers apart
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sqlite_version() -> str:
    """The version of SQLite that keeps the cases."""
    return sqlite3.sqlite_version
