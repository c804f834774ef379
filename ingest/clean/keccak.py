"""Keccak-256 as Ethereum uses it: the sponge of FIPS 202 with the padding of the first submission (0x01, not 0x06).

With the padding of FIPS 202 it is SHA3-256, which the tests hold it to. Plain integers: a wallet is hashed once a
distinct value, so 0.3 ms each do not matter.
"""

from typing import Final

_MASK: Final = (1 << 64) - 1
_RATE: Final = 136  # bytes taken in a round: 200 - 2 x 32
_ROUNDS: Final = 24


def keccak_256(message: bytes, *, padding: int = 0x01) -> bytes:
    """The 32 bytes of Keccak-256 of ``message``; ``padding=0x06`` gives SHA3-256."""
    padded = bytearray(message) + bytearray(_RATE - len(message) % _RATE)
    padded[len(message)] ^= padding
    padded[-1] ^= 0x80
    state = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        block = padded[start : start + _RATE]
        for lane in range(_RATE // 8):
            state[lane % 5][lane // 5] ^= int.from_bytes(block[8 * lane : 8 * lane + 8], "little")
        _permute(state)
    return b"".join(state[lane % 5][lane // 5].to_bytes(8, "little") for lane in range(4))


def _permute(state: list[list[int]]) -> None:
    """Keccak-f[1600]: theta, rho and pi, chi, iota, 24 times."""
    constant = 1
    for _ in range(_ROUNDS):
        columns = [a[0] ^ a[1] ^ a[2] ^ a[3] ^ a[4] for a in state]
        for x in range(5):
            mixed = columns[(x + 4) % 5] ^ _turn(columns[(x + 1) % 5], 1)
            state[x] = [lane ^ mixed for lane in state[x]]
        _move(state)
        for y in range(5):
            row = [state[x][y] for x in range(5)]
            for x in range(5):
                state[x][y] = row[x] ^ (~row[(x + 1) % 5] & _MASK & row[(x + 2) % 5])
        for bit in range(7):
            if constant & 1:
                state[0][0] ^= 1 << ((1 << bit) - 1)
            constant = constant << 1 ^ (0x171 if constant & 0x80 else 0)


def _move(state: list[list[int]]) -> None:
    x, y, current = 1, 0, state[1][0]
    for step in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        current, state[x][y] = state[x][y], _turn(current, (step + 1) * (step + 2) // 2)


def _turn(lane: int, by: int) -> int:
    by %= 64
    return ((lane << by) | (lane >> (64 - by))) & _MASK
