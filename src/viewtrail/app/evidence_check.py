"""Checks an evidence pack with nothing but Python's own library: python check.py [VERIFIER-KEY] [FOLDER].

Each entry is hashed, its proof leads to a root (RFC 6962), and that root stands in a checkpoint signed with
the log's key (C2SP tlog-proof, signed-note; Ed25519, RFC 8032 5.1.7). Give the key that you were handed in
another way: the one in the pack proves only that the pack agrees with itself. Exit code 0: all holds.
"""

from __future__ import annotations

import sys
from base64 import b64decode
from hashlib import sha256, sha512
from pathlib import Path

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def add(one: Point, two: Point) -> Point:
    product = D * one[0] * one[1] * two[0] * two[1]
    x = (one[0] * two[1] + two[0] * one[1]) * pow(1 + product, -1, P)
    y = (one[1] * two[1] + one[0] * two[0]) * pow(1 - product, -1, P)
    return x % P, y % P


def times(point: Point, n: int) -> Point:
    total = (0, 1)
    while n:
        total, point, n = add(total, point) if n & 1 else total, add(point, point), n >> 1
    return total


def point(raw: bytes) -> Point:
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and raw[31] >> 7):
        raise ValueError("not a point of the curve")
    return (x, y) if x & 1 == raw[31] >> 7 else (P - x, y)


def signed(public: bytes, text: bytes, signature: bytes) -> bool:
    s = int.from_bytes(signature[32:], "little")
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    k = int.from_bytes(sha512(signature[:32] + public + text).digest(), "little") % ORDER
    right = add(point(signature[:32]), times(point(public), k))
    return len(signature) == 64 and s < ORDER and times(base, s) == right


def root(entry: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    here, last = sha256(b"\0" + entry).digest(), size - 1
    for item in path:
        if last == 0 or len(item) != 32:
            raise ValueError("the proof is too long, or no hash")
        if index & 1 or index == last:
            here = sha256(b"\1" + item + here).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            here = sha256(b"\1" + here + item).digest()
        index, last = index >> 1, last >> 1
    if last or index:
        raise ValueError("the proof is too short")
    return here


def check(entry: bytes, proof: str, key: str) -> str:
    """Which place of which log the entry has; ValueError when it is not proved."""
    name, key_id, public = key.strip().split("+", 2)
    head, _, note = proof.partition("\n\n")
    kind, place, *path = head.split("\n")
    text, _, signatures = note.rpartition("\n\n")
    origin, size, told = text.split("\n")
    raw = b64decode(public)
    if kind != "c2sp.org/tlog-proof@v1" or origin != name or raw[0] != 1:
        raise ValueError(f"not a proof of the log {name}")
    if sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != key_id:
        raise ValueError("the key's id does not belong to it")
    held = [b64decode(line.split(" ")[2]) for line in signatures.split("\n") if line.startswith(f"— {name} ")]
    mine = [one[4:] for one in held if one[:4].hex() == key_id]
    if not any(signed(raw[1:], f"{text}\n".encode(), one) for one in mine):
        raise ValueError("the checkpoint is not signed with this key")
    index = int(place.removeprefix("index "))
    if not 0 <= index < int(size) or root(entry, index, int(size), [*map(b64decode, path)]) != b64decode(
        told
    ):
        raise ValueError("the entry is not the one that the log has there")
    return f"entry {index:,} of {int(size):,} of {name}"


def main(args: list[str]) -> int:
    here = Path(args[1]) if len(args) > 1 else Path(__file__).parent
    key = args[0] if args else (here / "key.txt").read_text(encoding="ascii")
    files, wrong = sorted((here / "entries").glob("*.json")), 0
    for path in files:
        try:
            proof = path.with_suffix(".tlog-proof").read_text(encoding="utf-8")
            if f"\nindex {int(path.stem)}\n" not in proof:
                raise ValueError("the proof is of another entry")
            print(f"{path.name}: proved, {check(path.read_bytes(), proof, key)}")
        except (ValueError, OSError, IndexError) as error:
            wrong += 1
            print(f"{path.name}: NOT PROVED, {error}")
    whose = "the key given" if args else "the pack's own key"
    print(f"{len(files) - wrong} of {len(files)} entries proved, with {whose}")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
