"""One data directory: its settings, its log for reading or writing, and where its projections lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from viewtrail import settings
from viewtrail.log import Log, LogReader
from viewtrail.settings import Settings
from viewtrail.store import open_log, open_reader


@dataclass(frozen=True, slots=True)
class Home:
    """A data directory and the settings in force there."""

    path: Path
    settings: Settings

    def writer(self) -> Log:
        """The log for writing, made with its keys when there is none; LogBusy while another writes."""
        return open_log(self.path, tenant=self.settings.tenant)

    def reader(self) -> LogReader:
        """The log for reading; BadInput when there is none."""
        return open_reader(self.path, tenant=self.settings.tenant)


def open_home(path: Path) -> Home:
    """The data directory at `path`, which need not be there yet; SettingError for a wrong setting."""
    return Home(path, settings.read(path))
