"""Damage without knowledge of the format: files cut short, bytes changed, runs of one byte, parts swapped or repeated."""

import random


def damaged(data: bytes, draw: random.Random):
    """One damaged copy of the bytes, with the name of what was done."""
    size = len(data)
    if size == 0:
        return "empty", data
    # The structure of an HDF5 file lies at its start and, for later groups, spread among the numbers.
    at = draw.randrange(min(size, 4096)) if draw.random() < 0.4 else draw.randrange(size)
    match draw.randrange(8):
        case 0:
            return f"cut at {at}", data[:at]
        case 1 | 2:
            bit = 1 << draw.randrange(8)
            return f"bit {bit} of byte {at}", data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
        case 3:
            value = draw.choice([0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)])
            return f"byte {at} = {value}", data[:at] + bytes([value]) + data[at + 1 :]
        case 4:
            count, value = draw.choice([2, 4, 8, 16, 64, 512]), draw.choice([0, 0xFF])
            return f"{count} bytes of {value} at {at}", (data[:at] + bytes([value]) * count + data[at + count :])[:size]
        case 5:
            # A number that is large, negative or just past an end, where HDF5 may keep a size or an address.
            at &= ~7
            value = draw.choice([size - 1, size, size + 1, 2**31 - 1, 2**31, 2**32, 2**62, 2**63, 2**64 - 2, at, 0])
            return f"word {at} = {value}", (data[:at] + value.to_bytes(8, "little") + data[at + 8 :])[:size]
        case 6:
            count, source = draw.choice([8, 32, 256]), draw.randrange(size)
            return f"{count} bytes from {source} at {at}", (data[:at] + data[source : source + count] + data[at + count :])[:size]
        case _:
            changed = bytearray(data)
            places = [draw.randrange(size) for _ in range(draw.choice([3, 10, 100]))]
            for place in places:
                changed[place] = draw.randrange(256)
            return f"{len(places)} bytes from {places[0]} on", bytes(changed)


def cuts(data: bytes, count: int):
    """The file cut at places all over it, the first and last bytes among them."""
    size = len(data)
    for at in sorted({0, 1, 7, 8, 96, size - 1, *(size * part // count for part in range(1, count))}):
        if 0 <= at < size:
            yield f"cut at {at}", data[:at]
