"""Signed ends of the log, kept outside its folder: they show a cut tail, an older copy and a chain that was made anew.

After every commit the newest end is signed and written over the one before; every ``KEPT_ROWS`` rows one is also added to a
list beside it, so that a copy of any age can be held against the log. By default both lie in the workspace's folder
``checkpoints``, which is there to be mounted from another disk; ``audit_checkpoint`` in settings.yaml names another place.
"""

import contextlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from graphcore.audit.chain import GENESIS
from graphcore.audit.keys import Signer, is_signed
from graphcore.errors import AuditError

KEPT_ROWS = 1_000
_BLOCK = 512
_TRIES = 3
_DAMAGED = "audit checkpoint is damaged: restore it from the copy kept elsewhere"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log had ``seq`` rows and its last digest was ``digest`` (hexadecimal)."""

    seq: int
    digest: str

    def line(self, signer: Signer) -> bytes:
        """One line of JSON with its signature and the public key that it fits."""
        fields = {"seq": self.seq, "digest": self.digest, "key": signer.public}
        return orjson.dumps({**fields, "signature": signer.sign(self._message())}) + b"\n"

    def _message(self) -> bytes:
        return f"ocb-audit-checkpoint:1:{self.seq}:{self.digest}".encode()

    @classmethod
    def parse(cls, raw: bytes, public: str, *, old_key: bytes = b"") -> "Checkpoint":
        """Inverse of :meth:`line`.

        Args:
            raw: The line.
            public: The key that must have signed; never the one that the line names.
            old_key: Checks a MAC of before there were signatures; left out, such a line is refused.

        Raises:
            AuditError: not a checkpoint, or not signed with this key.
        """
        try:
            fields = orjson.loads(raw)
            found = cls(int(fields["seq"]), str(fields["digest"]))
            signature, mac = str(fields.get("signature", "")), str(fields.get("mac", ""))
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise AuditError(_DAMAGED) from error
        if not is_signed(found._message(), signature, public) and not found._has_mac(mac, old_key):
            raise AuditError(
                "audit checkpoint is not signed with this workspace's key: it was altered or belongs elsewhere"
            )
        return found

    def _has_mac(self, mac: str, key: bytes) -> bool:
        made = hmac.digest(key, f"{self.seq}:{self.digest}".encode(), "sha256").hex() if key else ""
        return bool(made) and hmac.compare_digest(mac, made)


START = Checkpoint(0, GENESIS.hex())


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """Where the signed ends of one log lie, and the keys that sign and check them."""

    path: Path
    signer: Signer
    old_key: bytes = b""

    @property
    def list_path(self) -> Path:
        """The list of earlier ends, one a line."""
        return self.path.with_name(f"{self.path.name}s")

    def save(self, checkpoint: Checkpoint, *, before: int) -> None:
        """Write the end over the one before: one block of a disk, which is written whole or not at all.

        ``before`` is the number of the last row before this commit: where a multiple of ``KEPT_ROWS`` lies between, the
        end is added to the list as well.
        """
        line = checkpoint.line(self.signer)
        if before // KEPT_ROWS != checkpoint.seq // KEPT_ROWS:
            with os.fdopen(
                os.open(self.list_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb"
            ) as file:
                file.write(line)
        file = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, line.rstrip(b"\n").ljust(_BLOCK - 1) + b"\n", 0)
        finally:
            os.close(file)

    def begin(self) -> None:
        """Make the folder and the checkpoint of an empty log."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.save(START, before=0)

    def read(self) -> Checkpoint:
        """The newest end.

        Raises:
            AuditError: it is missing, damaged, or not signed with this key.
        """
        for _ in range(_TRIES):  # what is read while it is being written may be half of each
            with contextlib.suppress(AuditError):
                return self._parse(self._raw())
        return self._parse(self._raw())

    def _raw(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise AuditError(
                f"audit checkpoint {self.path.name} cannot be read: restore it from the copy kept elsewhere"
            ) from error

    def kept(self) -> Iterator[Checkpoint]:
        """The earlier ends in the list; a last line that was cut by a kill is left out.

        Raises:
            AuditError: a line is damaged or not signed with this key.
        """
        lines: list[bytes] = []
        with contextlib.suppress(FileNotFoundError):
            lines = self.list_path.read_bytes().splitlines(keepends=True)
        for line in lines:
            if line.endswith(b"\n"):
                yield self._parse(line)

    def take_over(self, old: Path) -> None:
        """Put the signed form in the place of a checkpoint ``old`` of before there were signatures.

        Raises:
            AuditError: the old one is damaged or not of this workspace.
        """
        if self.path.exists() or not old.exists():
            return
        found = self._parse(old.read_bytes())
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.save(found, before=found.seq)
        old.unlink()

    def _parse(self, raw: bytes) -> Checkpoint:
        return Checkpoint.parse(raw, self.signer.public, old_key=self.old_key)
