"""Checkpoints: size and root of the log as a signed note (C2SP tlog-checkpoint, signed-note), Ed25519."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from viewtrail.errors import BadInput

ED25519 = 1  # signature type of c2sp.org/signed-note
MAX_SIGNATURES = 16  # a note may carry witnesses' signatures; more is no note but an attack
MAX_NOTE = 65_536
MARK = "\u2014 "  # em dash and space open a signature line


@dataclass(frozen=True)
class Signature:
    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True)
class Checkpoint:
    """What one signature vouches for: the tree of the first `size` entries of `origin` has this root."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...] = ()
    note: str = ""  # the whole signed note, as it is handed out

    @property
    def text(self) -> str:
        """The signed part."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unbase64(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput(f"{what} is not base64") from error
    if _base64(raw) != text:  # padding bits that are not zero: two texts for the same bytes
        raise BadInput(f"{what} is not canonical base64")
    return raw


def check_name(name: str) -> str:
    """A key name or origin: not empty, no space, no plus, no control character (c2sp.org/signed-note)."""
    if not name or "+" in name or any(sign.isspace() or not sign.isprintable() for sign in name):
        raise BadInput(f"{name!r} is not a checkpoint name")
    return name


def key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([ED25519]) + public).digest()[:4]


class Signer:
    """Signs checkpoints under one name with one Ed25519 key."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = check_name(name)
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, size: int, root: bytes) -> Checkpoint:
        plain = Checkpoint(self.name, size, root)
        signature = Signature(self.name, key_id(self.name, self.public), self._key.sign(plain.text.encode()))
        line = f"{MARK}{self.name} {_base64(signature.key_id + signature.value)}\n"
        return Checkpoint(self.name, size, root, (signature,), f"{plain.text}\n{line}")


def public_key_text(name: str, public: bytes) -> str:
    """The verifier key as others' tools read it: name+hex key id+base64(type, public key)."""
    return f"{name}+{key_id(name, public).hex()}+{_base64(bytes([ED25519]) + public)}"


def parse_public_key(text: str) -> tuple[str, bytes]:
    """(name, public key) from a verifier key; BadInput when its key id is not that of its key."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise BadInput("not a verifier key: name+keyid+base64")
    name, given, raw = check_name(parts[0]), parts[1], _unbase64(parts[2], "the verifier key")
    if len(raw) != 33 or raw[0] != ED25519:
        raise BadInput("the verifier key is not an Ed25519 key")
    if key_id(name, raw[1:]).hex() != given:
        raise BadInput("the verifier key's id does not belong to it")
    return name, raw[1:]


def parse(note: str | bytes, where: str = "") -> Checkpoint:
    """A checkpoint from its note, read strictly; BadInput names what is wrong. Signatures are not checked."""
    try:
        return _parse(_text(note))
    except BadInput as error:
        raise BadInput(f"not a checkpoint: {error.what}", where=where) from error


def _text(note: str | bytes) -> str:
    if len(note) > MAX_NOTE:
        raise BadInput("longer than 64 KiB")
    try:
        text = note if isinstance(note, str) else note.decode()
        text.encode()
    except UnicodeError as error:
        raise BadInput("not UTF-8") from error
    if any(ord(sign) < 0x20 and sign != "\n" for sign in text):
        raise BadInput("holds a carriage return or another control character")
    return text


def _parse(text: str) -> Checkpoint:
    body, gap, tail = text.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise BadInput("no blank line before the signatures, or no newline at the end")
    lines = body.split("\n")
    if len(lines) != 3 or not all(lines):
        raise BadInput(f"{len(lines)} lines before the signatures, not origin, size and root")
    origin, size, root = lines[0], lines[1], _unbase64(lines[2], "the root")
    if not (size.isascii() and size.isdigit()) or (size[0] == "0" and size != "0") or len(size) > 19:
        raise BadInput(f"the size {size[:30]!r} is not a plain decimal number")
    if len(root) != 32:
        raise BadInput(f"the root has {len(root)} bytes, not 32")
    signatures = tuple(_signature(line) for line in tail[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise BadInput(f"{len(signatures)} signatures, at most {MAX_SIGNATURES} are read")
    return Checkpoint(check_name(origin), int(size), root, signatures, text)


def _signature(line: str) -> Signature:
    mark, name, code = line[:2], *line[2:].partition(" ")[::2]
    if mark != MARK or not code:
        raise BadInput("a signature line does not read: em dash, name, base64")
    raw = _unbase64(code, "a signature")
    if len(raw) < 5:
        raise BadInput("a signature is too short")
    return Signature(check_name(name), raw[:4], raw[4:])


def is_signed(checkpoint: Checkpoint, name: str, public: bytes) -> bool:
    """Whether the key `public` called `name` signed it. Signatures of other keys are passed over; a broken or
    repeated one of this key is not."""
    own = [line for line in checkpoint.signatures if (line.name, line.key_id) == (name, key_id(name, public))]
    if len(own) != 1 or len(own[0].value) != 64:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(own[0].value, checkpoint.text.encode())
    except InvalidSignature:
        return False
    return True
