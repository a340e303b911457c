"""Files for HDF5Tests: python make_golden.py, in this folder; needs h5py 3 and NumPy.

Friendly ones hold what other writers than Keras may choose; hostile ones what must be refused. All are tiny.
"""
import os
import h5py
import numpy as np

V110 = ("v110", "v110")  # the newest format that HDF5 1.10 reads


def file(name, **options):
    return h5py.File(name, "w", **options)


rows = np.arange(12, dtype="f4").reshape(3, 4) / 8 - 0.5

with file("numbers.h5") as f:
    f["f4"] = rows
    for kind in "<f2", ">f2", ">f4", "<f8", ">f8", "|i1", "<i2", ">i4", "<i8", "|u1", "<u2", ">u8":
        f[kind.strip("<>|") + ("_be" if kind[0] == ">" else "")] = (rows * 8 + 4).astype(kind)
    f.create_dataset("chunked", data=rows, chunks=(2, 3))
    f.create_dataset("deflate", data=np.tile(rows, (40, 40)), chunks=(50, 50), compression="gzip", shuffle=True, fletcher32=True)
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((3, 4)), compact).write(h5py.h5s.ALL, h5py.h5s.ALL, rows)
    f["scalar"] = np.float32(2.5)
    f["empty"] = np.zeros((0, 4), "f4")
    f["null"] = h5py.Empty("f4")
    halves = np.arange(65536, dtype="u2").view("f2")  # every float16 there is
    small = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "chunks": (65536,)}
    f.create_dataset("halves", data=halves, **small)
    f.create_dataset("halves_as_f4", data=halves.astype("f4"), **small)
    bfloat = h5py.h5t.IEEE_F32LE.copy()
    bfloat.set_fields(15, 7, 8, 0, 7)
    bfloat.set_size(2)
    bfloat.set_ebias(127)
    h5py.h5d.create(f.id, b"bfloat16", bfloat, h5py.h5s.create_simple((3, 4))).write(
        h5py.h5s.ALL, h5py.h5s.ALL, (rows.view("u4") >> 16).astype("u2"), bfloat)
    f["opaque_bfloat16"] = (rows.view("u4") >> 16).astype("u2").view("V2")
    f["opaque_bfloat16"].attrs["dtype"] = "bfloat16"
    f["opaque"] = np.zeros(3, "V2")
    f["records"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
    f["bool"] = np.array([True, False])

with file("texts.h5") as f:
    a = f.attrs
    a["str"] = "é𝄞 utf8"
    a["bytes"] = np.bytes_(b"fixed scalar")
    a.create("vlen_ascii", b"{\"a\": 1}", dtype=h5py.string_dtype("ascii"))
    a.create("names", [b"dense", b"dense_1/kernel:0", b""], dtype=h5py.string_dtype("ascii"))
    a["fixed"] = np.array([b"a", b"longest", b""])
    a["no_names"] = []
    a["null"] = h5py.Empty("f4")
    a["long"] = "x" * 70_000
    a["float"] = 0.5
    a["ints"] = np.arange(5, dtype=">i2")
    a["matrix"] = np.arange(6.0).reshape(2, 3)
    a["truth"] = True

    def low_level(name, pad, data, size):
        kind = h5py.h5t.C_S1.copy()
        kind.set_size(size)
        kind.set_strpad(pad)
        h5py.h5a.create(f.id, name, kind, h5py.h5s.create_simple((len(data) // size,))).write(np.frombuffer(data, f"S{size}"), kind)

    low_level(b"space_padded", h5py.h5t.STR_SPACEPAD, b"ab  cdefg   ", 4)
    low_level(b"null_padded", h5py.h5t.STR_NULLPAD, b"ab\0\0cdefg\0\0\0", 4)
    low_level(b"null_terminated", h5py.h5t.STR_NULLTERM, b"ab\0zcde\0\0xyz", 4)
    low_level(b"latin1", h5py.h5t.STR_NULLPAD, b"\xe9t\xe9\0", 4)
    f["vlen"] = np.array([["a", "é"], ["", "d"]], dtype=h5py.string_dtype())
    f["fixed"] = np.array([b"one", b"three"])

with file("latest.h5", libver=V110) as f:
    g = f.create_group("dense", track_order=True)
    g["kernel"] = rows
    for i in range(40):  # beyond 8 they are stored "densely"
        g.attrs[f"attribute{i:02}"] = f"value {i}"
        f[f"group{i:02}/x"] = i
    f.create_dataset("deflate", data=np.zeros((100, 100), "f4"), chunks=(10, 10), compression="gzip")

with file("userblock.h5", userblock_size=512) as f:
    f["x"] = rows

with file("many.h5") as f:
    for i in range(30):
        f[f"layer_{i}/kernel:0"] = np.float32(i)

# What our writer must make too, as Keras does: the types and shapes of these are compared, not the bytes.
with file("written.h5") as f:
    f.attrs["keras_version"] = "2.10.0"
    f.attrs["model_config"] = b'{"class_name": "Sequential"}'.decode().encode()
    f.attrs["layer_names"] = [b"dense", b"output"]
    f.attrs["fixed_names"] = np.asarray([b"dense", b"output"])
    f.attrs["weight_names"] = []
    f.attrs["double"] = 0.5
    f.attrs["int64"] = 7
    f["dense/kernel:0"] = rows
    f["dense/float64"] = rows.astype("f8")
    f["iterations"] = np.int64(12)
    f["scalar"] = np.float32(0.25)
    f["texts"] = ["a", "é"]

# Hostile.
with file("other.h5") as f:
    f["x"] = rows
with file("links.h5") as f:
    f["group/x"] = rows
    f["soft"] = h5py.SoftLink("/group/x")
    f["soft_group"] = h5py.SoftLink("/group")
    f["external"] = h5py.ExternalLink("other.h5", "/x")
    f["group/loop"] = h5py.SoftLink("/group/loop")
    f["cycle"] = f["/"]  # a hard link upwards
    f["type"] = np.dtype("f4")
with file("outside.h5") as f:
    f.create_dataset("external_storage", (4,), "u1", external=[("/etc/passwd", 0, 4)])
    layout = h5py.VirtualLayout((3, 4), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3, 4))
    f.create_virtual_dataset("virtual", layout)
    unlimited = h5py.VirtualLayout((3, 4), "f4", maxshape=(None, 4))
    unlimited[:h5py.h5s.UNLIMITED, :] = h5py.VirtualSource("other.h5", "x", (3, 4), maxshape=(None, 4))[:h5py.h5s.UNLIMITED, :]
    f.create_virtual_dataset("virtual_unlimited", unlimited)
with file("large.h5") as f:
    f.create_dataset("late", (1 << 20, 1 << 10), "f4")
    f.create_dataset("chunked", (1 << 18, 1 << 10), "f4", chunks=(1, 1 << 10), compression="gzip")[0] = 1
    f.create_dataset("overflow", (1 << 32, 1 << 32), "f4", chunks=(1, 1))
    f.create_dataset("few", (1 << 40,), "f4", chunks=(1 << 10,), compression="gzip")[0] = 1
    f.create_dataset("wide_chunk", (4,), "f4", chunks=(1 << 24,), maxshape=(None,), compression="gzip")[:] = 1
    f.create_dataset("huge_scalar_text", (), "S1000000000")
with file("filters.h5") as f:
    f.create_dataset("lzf", data=rows, chunks=(3, 4), compression="lzf")
    f.create_dataset("scaleoffset", data=np.arange(12), chunks=(12,), scaleoffset=0)
    twice = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    twice.set_chunk((3, 4))
    twice.set_deflate(9)
    twice.set_deflate(9)
    h5py.h5d.create(f.id, b"twice", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((3, 4)), twice).write(h5py.h5s.ALL, h5py.h5s.ALL, rows)

whole = open("many.h5", "rb").read()
open("truncated.h5", "wb").write(whole[: len(whole) // 2])
damaged = bytearray(whole)
damaged[96:2000] = b"\xff" * 1904
open("damaged.h5", "wb").write(damaged)
