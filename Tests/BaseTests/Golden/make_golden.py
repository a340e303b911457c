"""Numbers and texts as Python's json writes them: python make_golden.py, in this folder."""
import json, math, random, struct

random.seed(7)
bits = lambda: struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0]
numbers = [v for v in (bits() for _ in range(600)) if math.isfinite(v)]
numbers += [random.uniform(-1, 1) for _ in range(200)] + [round(random.uniform(0, 1e6), 3) for _ in range(100)]
numbers += [sign * 10.0**e * m for e in range(-8, 24) for m in (1, 1.5, 9.999) for sign in (1, -1)]
numbers += [0.0, -0.0, 1e-7, 0.001, 1.0, 1e16, 1e15, 9007199254740993.0, 2.0**54, 2.0**54 - 2, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308]
json.dump(numbers + [math.inf, -math.inf], open("numbers.json", "w"))

# Each text is to be rounded correctly: halfway cases, long digits, below and above the range, whole numbers beyond 64 bits.
texts = ["9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "1e400", "-1e400", "1e-400", "4.9e-324", "2.4703282292062327e-324",
         "2.4703282292062328e-324", "9007199254740993.0", "9007199254740992.99999999999", "0.1000000000000000055511151231257827021181583404541015625",
         "1.7976931348623158e308", "1.7976931348623159e308", "100000000000000016777215.0", "0e5", "-0.0", "1E+2", "1.5e-7"]
json.dump([[t, float(t).hex() if math.isfinite(float(t)) else str(float(t))] for t in texts], open("rounding.json", "w"))

config = {"a\"\\/\b\f\n\r\t\x00\x1f\x7f": "é€𝄞\u2028", "list": [], "object": {}, "nested": [[1, 2.5, None], {"true": True, "false": False}],
          "max_value": math.inf, "nan": math.nan, "big": 9223372036854775807, "small": -9223372036854775808}
json.dump(config, open("ascii.json", "w"))
json.dump(config, open("unicode.json", "w"), ensure_ascii=False)
json.dump(config, open("pretty.json", "w"), indent=2)
