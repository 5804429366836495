"""The files within an `.eval` log of inspect_ai: a zip archive, compressed by Zstandard in newer versions."""

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from angelshare.core.errors import InputError
from angelshare.data.tables.text_files import first_line

ZSTANDARD = 93
"""Its number in zip archives; Python's own reader knows it from 3.14 on."""

LARGEST_MEMBER = 2**30
"""In bytes: samples that claim more are damaged."""

_LOCAL_SIGNATURE = b"PK\3\4"
_LOCAL_HEADER = struct.Struct("<4s22xHH")


def read_archive(path: Path) -> tuple[Any, Iterator[Any]]:
    """Return the header of a log and its samples, one after the other, as JSON values.

    Raises:
        InputError: for an archive that is truncated, damaged, unfinished, or compressed in an unknown way.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {member.filename: member for member in archive.infolist()}
    except (zipfile.BadZipFile, OSError) as error:
        raise _damaged(path, error) from error
    if "header.json" not in members:
        msg = f"{path} has no header.json: the evaluation has not ended, or this is not a log of inspect_ai. "
        raise InputError(f"{msg}Finish it (`inspect eval-retry`), or give a log that is.")
    samples = [member for name, member in members.items() if name.startswith("samples/") and name.endswith(".json")]
    header = _read(path, members["header.json"])
    if not isinstance(header, dict):
        raise _damaged(path, ValueError("header.json holds no object"))
    return header, (_read(path, member) for member in samples)


def _read(path: Path, member: zipfile.ZipInfo) -> object:
    """Return the content of one JSON file."""
    try:
        return json.loads(_decompressed(path, member))
    except NotImplementedError as error:
        msg = f"{path}: {member.filename} is compressed as this Python cannot read ({error}). Convert the log: "
        raise InputError(f"{msg}`inspect log convert --to json`.") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        pa.ArrowException,
        OSError,
        struct.error,
        ValueError,
        RecursionError,
    ) as error:
        raise _damaged(path, error) from error


def _decompressed(path: Path, member: zipfile.ZipInfo) -> bytes:
    """Return one file's content, checked, without reading the archive's directory again."""
    if member.file_size > LARGEST_MEMBER:
        raise ValueError(f"{member.filename} claims {member.file_size} bytes")
    with path.open("rb") as file:
        file.seek(member.header_offset)
        signature, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        if signature != _LOCAL_SIGNATURE:
            raise zipfile.BadZipFile(f"{member.filename} is not where it should be")
        file.seek(name_length + extra_length, 1)
        raw = file.read(member.compress_size)
    if member.compress_type == zipfile.ZIP_STORED:
        content = raw
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        content = zlib.decompress(raw, wbits=-zlib.MAX_WBITS, bufsize=max(member.file_size, 1))
    elif member.compress_type == ZSTANDARD:
        content = bytes(pa.Codec("zstd").decompress(raw, decompressed_size=member.file_size, asbytes=True))
    else:
        raise NotImplementedError(f"by method {member.compress_type}")
    if zlib.crc32(content) != member.CRC:
        raise zipfile.BadZipFile(f"{member.filename} has a wrong checksum")
    return content


def _damaged(path: Path, error: Exception) -> InputError:
    """Return the error for an archive that cannot be read."""
    return InputError(
        f"{path} is not a log of inspect_ai, or is truncated or damaged ({first_line(error)}). Copy it again."
    )
