"""One data directory: its settings, its log for reading or writing, and where its projections lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from viewtrail import settings
from viewtrail.errors import BadInput, LogBusy
from viewtrail.log import Log, LogReader
from viewtrail.settings import Settings
from viewtrail.store import open_log, open_reader
from viewtrail.store.remote_log import RemoteLog

AnyLog = Log | RemoteLog
"""The log for those who add to it: opened here, or through the process that has it open."""


@dataclass(frozen=True, slots=True)
class Home:
    """A data directory and the settings in force there."""

    path: Path
    settings: Settings

    def writer(self) -> AnyLog:
        """The log for adding to it: through the running writer where there is one, else opened here and made
        with its keys when there is none. LogBusy while another process writes that takes nothing from others.
        """
        try:
            return self.own_log()
        except LogBusy as busy:
            try:
                return RemoteLog(self.path)
            except LogBusy:
                raise busy from None

    def own_log(self) -> Log:
        """The log opened by this process, which is then its one writer; LogBusy while there is another."""
        return open_log(self.path, tenant=self.settings.tenant)

    def reader(self) -> LogReader:
        """The log for reading; BadInput when there is none."""
        return open_reader(self.path, tenant=self.settings.tenant)


def open_home(path: Path) -> Home:
    """The data directory at `path`, which need not be there yet; BadInput where a file is in its place,
    SettingError for a wrong setting.
    """
    if path.exists() and not path.is_dir():
        raise BadInput("is a file; a data directory is a folder", where=str(path), next="see --home")
    return Home(path, settings.read(path))
