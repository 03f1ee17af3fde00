"""The tables of HOME/log.db."""

FORMAT = 1

TABLES = """
CREATE TABLE entries (idx INTEGER PRIMARY KEY, known INTEGER NOT NULL, entry BLOB NOT NULL) STRICT;
CREATE TABLE identities (first INTEGER PRIMARY KEY, keys BLOB NOT NULL, contents BLOB NOT NULL,
                         mac BLOB NOT NULL) STRICT;
CREATE TABLE tiles (level INTEGER NOT NULL, n INTEGER NOT NULL, hashes BLOB NOT NULL,
                    PRIMARY KEY (level, n)) STRICT;
CREATE TABLE details (idx INTEGER PRIMARY KEY, key TEXT NOT NULL, sealed BLOB NOT NULL) STRICT;
CREATE TABLE detail_keys (key TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;
CREATE TABLE names (pseudonym TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE set_aside (at INTEGER NOT NULL, place TEXT NOT NULL, reason TEXT NOT NULL, sealed BLOB NOT NULL,
                        UNIQUE (place, reason, sealed)) STRICT;
"""
