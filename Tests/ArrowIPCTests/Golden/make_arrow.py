"""Streams of Arrow's IPC format for ArrowTests, written by pyarrow (26.0). Run in this folder."""
import decimal
import json

import pyarrow as pa
import pyarrow.ipc as ipc

NUMBERS = {
    "int8": [-128, 0, 127], "int16": [-32768, 1, 32767], "int32": [-(2**31), 16777217, 2**31 - 1],
    "int64": [-(2**63), 2**53 + 1, 2**63 - 1], "uint8": [0, 1, 255], "uint16": [0, 1, 65535],
    "uint32": [0, 1, 2**32 - 1], "uint64": [0, 1, 2**64 - 1], "float16": [-65504.0, 5.960464477539063e-08, 0.333251953125],
    "float32": [1.5, -2.25, 3e38], "float64": [0.1, 1e-40, -7.25], "bool": [True, False, True],
}


def write(name, batches, **options):
    with ipc.new_stream(name + ".arrows", batches[0].schema, options=ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)


def batch(**columns):
    return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


numbers = batch(**{name: pa.array(values, getattr(pa, "bool_" if name == "bool" else name)())
                   for name, values in NUMBERS.items()})
write("numbers", [numbers, numbers.slice(1, 2), numbers.slice(0, 0)])
write("legacy", [numbers], use_legacy_format=True)
expected = {name: [float(pa.scalar(float(v), pa.float32()).as_py()) for v in values] for name, values in NUMBERS.items()}
with open("numbers.json", "w") as file:
    json.dump(expected, file)

rows = 9
write("kinds", [batch(
    text=pa.array(["a", None, "", "žluť", "x" * 40, "b", None, "c", "d"]),
    large=pa.array(["a", None, "", "žluť", "x" * 40, "b", None, "c", "d"], pa.large_string()),
    raw=pa.array([b"\0\xff"] * rows, pa.binary()), largeraw=pa.array([b"ab", None] * 4 + [b""], pa.large_binary()),
    fixed=pa.array([b"abc"] * rows, pa.binary(3)), day=pa.array(range(rows), pa.date32()),
    ms=pa.array(range(rows), pa.date64()), time=pa.array(range(rows), pa.time32("s")),
    nano=pa.array(range(rows), pa.time64("ns")), stamp=pa.array(range(rows), pa.timestamp("us", "Europe/Prague")),
    plain=pa.array(range(rows), pa.timestamp("s")), span=pa.array(range(rows), pa.duration("ms")),
    price=pa.array([decimal.Decimal("1.25")] * rows, pa.decimal128(9, 2)),
    wide=pa.array([decimal.Decimal("1.25")] * rows, pa.decimal256(40, 2)),
    months=pa.array([pa.MonthDayNano((1, 2, 3))] * rows, pa.month_day_nano_interval()),
    nothing=pa.nulls(rows), flag=pa.array([True, None, False] * 3), number=pa.array([1.5, None, 2.5] * 3))])
write("missing", [batch(x=pa.array([1.0, 2.0, 3.0]), y=pa.array([1.0, None, 3.0]))])
write("notfinite", [batch(x=pa.array([1.0, 2.0, float("nan")]), y=pa.array([1.0, 2.0, 3.0]))])
write("toolarge", [batch(x=pa.array([1.0, 1e300, 3.0]), y=pa.array([1.0, 2.0, 3.0]))])
write("empty", [batch(x=pa.array([], pa.float64()))])

write("dictionary", [batch(x=pa.array(["a", "b", "a"]).dictionary_encode())])
write("compressed", [batch(x=pa.array([1.0] * 1000))], compression="lz4")
write("list", [batch(x=pa.array([[1.0], []]))])
write("struct", [batch(x=pa.array([{"a": 1}]))])
write("view", [batch(x=pa.array(["a"], pa.string_view()))])
with ipc.new_file("file.arrows", numbers.schema) as writer:
    writer.write_batch(numbers)
