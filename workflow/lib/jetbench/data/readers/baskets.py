"""Baskets of a ROOT file: one branch of lists, entry after entry.

A basket holds some entries of a branch: a key, then, compressed, the values of these entries and
where each entry begins. In files made as JetClass was they are of 170 jets, 600 of them a branch;
uproot reads any basket in some 70 us. Those in one block of LZ4, as there, are read here in 15 us;
any other is left to uproot.
"""

import os
import struct
from bisect import bisect_right
from typing import BinaryIO, NamedTuple

import numpy as np
import uproot
import xxhash

KEY = struct.Struct(">ihiIh")  # bytes, version, bytes when decompressed, date, bytes of the key
LAST = struct.Struct(">ii")  # in front of the key's last byte: entries, where the values end
BLOCK = struct.Struct("<2sBHBHB")  # name, method, bytes after and before compression, 3 bytes each
CHECKSUM = struct.Struct(">Q")
COUNT = struct.Struct(">i")  # in front of an array of offsets
LZ4 = uproot.compression.LZ4(4)


class Basket(NamedTuple):
    """Entries in a row: their bytes, and the offsets at which they begin, with the end."""

    content: np.ndarray  # uint8
    offsets: np.ndarray


class Lists(NamedTuple):
    """Entries of a branch as they are in the file: a header, then the values of a list."""

    content: np.ndarray  # uint8
    sizes: np.ndarray  # bytes of each entry
    header: int  # bytes: 10 of a std::vector, none of an array
    dtype: np.dtype  # of a value in the file

    def counts(self) -> np.ndarray:
        """Number of values of each entry."""
        return (self.sizes - self.header) // self.dtype.itemsize

    def words(self) -> np.ndarray:
        """Where the content, in words of two bytes, is not header; the same for like entries."""
        kept = np.ones(len(self.content) // 2, bool)
        starts = (np.cumsum(self.sizes) - self.sizes) // 2
        for word in range(self.header // 2):
            kept[starts + word] = False
        return kept

    def values(self, words: np.ndarray) -> np.ndarray:
        """All values in a row, `words` being where they are."""
        content = self.content.view(np.uint16)[words] if self.header else self.content
        return content.view(self.dtype).astype(self.dtype.newbyteorder("="))


class ListBranch:
    """Reads a branch of lists from an open file, forwards; keeps the basket it read last."""

    def __init__(self, branch: uproot.TBranch, file: BinaryIO):
        self.branch, self.file = branch, file
        self.edges = list(branch.entry_offsets)  # first entry of each basket, and the end
        self.own = branch.num_baskets - len(branch.embedded_baskets)  # others lie in the tree
        self.places = branch.member("fBasketSeek").tolist()
        self.sizes = branch.member("fBasketBytes").tolist()
        self.last = (None, None)

    def read(self, start: int, stop: int) -> Lists:
        """The entries from `start` to `stop`, at least one."""
        pieces, sizes = [], []
        while start < stop:
            number = bisect_right(self.edges, start) - 1
            first, end = self.edges[number], min(stop, self.edges[number + 1])
            content, offsets = self.basket(number)
            offsets = offsets[start - first : end - first + 1]
            pieces.append(content[offsets[0] : offsets[-1]])
            sizes.append(offsets[1:] - offsets[:-1])
            start = end
        kind = self.branch.interpretation
        dtype = kind.content.from_dtype
        return Lists(np.concatenate(pieces), np.concatenate(sizes), kind.header_bytes, dtype)

    def basket(self, number: int) -> Basket:
        """A basket, decompressed once where two reads share it."""
        if self.last[0] != number:
            raw = b""
            if number < self.own:
                raw = os.pread(self.file.fileno(), self.sizes[number], self.places[number])
            basket = read_basket(raw) or read_any_basket(self.branch, number)
            self.last = number, basket
        return self.last[1]


def read_basket(raw: bytes) -> Basket | None:
    """A basket in one block of LZ4, from its bytes in the file; None for any other.

    Behind the values are the number of offsets, entries + 1, the offsets from the start of the key,
    the last one of no meaning, and nothing else; with something else there it is another basket.
    Raises ValueError where the block has another checksum than the file says.
    """
    if len(raw) < KEY.size:
        return None
    size, _, inflated, _, key = KEY.unpack_from(raw)
    start = key + BLOCK.size + CHECKSUM.size
    if len(raw) != size or size < start:
        return None
    name, _, *sizes = BLOCK.unpack_from(raw, key)
    packed, unpacked = sizes[0] | sizes[1] << 16, sizes[2] | sizes[3] << 16
    entries, end = LAST.unpack_from(raw, key - LAST.size - 1)
    end -= key
    if (name, packed, unpacked) != (b"L4", size - key - BLOCK.size, inflated) or end == inflated:
        return None  # another codec, many blocks, no offsets
    block = memoryview(raw)[start:]
    if xxhash.xxh64_intdigest(block) != CHECKSUM.unpack_from(raw, key + BLOCK.size)[0]:
        raise ValueError("a basket has another checksum than was recorded")
    content = LZ4.decompress(block, inflated)
    count, *_ = COUNT.unpack_from(content, end)
    if count != entries + 1 or end + COUNT.size * (1 + count) != inflated:
        return None  # such as displacements behind the offsets
    offsets = np.frombuffer(content, ">i4", count, end + COUNT.size) - key
    offsets[-1] = end
    return Basket(np.frombuffer(content, np.uint8), offsets)


def read_any_basket(branch: uproot.TBranch, number: int) -> Basket:
    """A basket as uproot reads it. Raises ValueError where it finds too many offsets or too few."""
    basket = branch.basket(number)
    offsets = basket.byte_offsets
    if offsets is None:  # the lengths are in the branch that counts
        counts = basket.counts * branch.interpretation.content.from_dtype.itemsize
        offsets = np.concatenate([[0], np.cumsum(counts)])
    if len(offsets) != basket.num_entries + 1:
        raise ValueError(f"{len(offsets)} offsets in a basket of {basket.num_entries} entries")
    return Basket(basket.data, offsets)
