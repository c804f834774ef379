"""SipHash-2-4 over arrays (Aumasson & Bernstein 2012): keyed 64-bit hashes of millions of texts without a loop over them.

Keyed, so that nobody who writes a source file can make two of its texts look equal.
"""

import numpy as np
from numpy.typing import NDArray

from graphcore.arrow import Array, pa

Words = NDArray[np.uint64]
_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
_State = tuple[Words, Words, Words, Words]


def hash_words(key: bytes, columns: list[Words]) -> Words:
    """SipHash of rows of 64-bit words; ``columns`` (at least one) are of one length, ``key`` has 16 bytes."""
    state = _begin(key, len(columns[0]))
    for column in columns:
        state = _take(state, column)
    return _end(state, np.full(len(columns[0]), (8 * len(columns) & 0xFF) << 56, np.uint64))


def hash_texts(key: bytes, texts: Array) -> Words:
    """SipHash of the UTF-8 bytes of every text; nothing (null) hashes like an empty text."""
    if not isinstance(texts, pa.LargeStringArray):
        texts = texts.cast(pa.large_string())
    offsets, raw = _buffers(texts)
    lengths = np.diff(offsets)
    out = np.empty(len(texts), np.uint64)
    for length in np.unique(lengths):
        places = np.flatnonzero(lengths == length)
        at = offsets[:-1][places]
        out[places] = _of_length(key, raw, at, int(length))
    return out


def _buffers(texts: Array) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    _, ends, data = texts.buffers()
    if not len(texts) or ends is None:
        return np.zeros(1, np.int64), np.zeros(0, np.uint8)
    offsets = np.frombuffer(ends, np.int64, len(texts) + 1, texts.offset * 8)
    return offsets, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


def _of_length(key: bytes, raw: NDArray[np.uint8], at: NDArray[np.int64], length: int) -> Words:
    """All texts of one length in bytes: eight bytes a step."""
    padded = np.zeros((len(at), length // 8 * 8 + 8), np.uint8)
    if length:
        padded[:, :length] = np.lib.stride_tricks.sliding_window_view(raw, length)[at]
    padded[:, -1] = length & 0xFF
    words = padded.view("<u8").astype(np.uint64)
    state = _begin(key, len(at))
    for column in range(words.shape[1] - 1):
        state = _take(state, words[:, column])
    return _end(state, words[:, -1])


def _begin(key: bytes, rows: int) -> _State:
    halves = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:16], "little")
    a, b, c, d = (np.full(rows, start ^ halves[at % 2], np.uint64) for at, start in enumerate(_START))
    return a, b, c, d


def _take(state: _State, word: Words) -> _State:
    a, b, c, d = state
    a, b, c, d = _round(_round((a, b, c, d ^ word)))
    return a ^ word, b, c, d


def _end(state: _State, last: Words) -> Words:
    a, b, c, d = _take(state, last)
    state = (a, b, c ^ np.uint64(0xFF), d)
    for _ in range(4):
        state = _round(state)
    a, b, c, d = state
    return a ^ b ^ c ^ d


def _round(state: _State) -> _State:
    a, b, c, d = state
    a = a + b
    b = _turn(b, 13) ^ a
    a = _turn(a, 32)
    c = c + d
    d = _turn(d, 16) ^ c
    a = a + d
    d = _turn(d, 21) ^ a
    c = c + b
    b = _turn(b, 17) ^ c
    return a, b, _turn(c, 32), d


def _turn(word: Words, by: int) -> Words:
    return (word << np.uint64(by)) | (word >> np.uint64(64 - by))
