"""Random tables of all kinds of columns, with what scikit-learn makes of them: numbers, booleans, categories in words and in whole numbers, dates in several forms, texts,
missing, rare and unknown values, unicode. `parity.py` and the golden files draw from here.

Needs scikit-learn and NumPy.
"""
import csv, datetime, json, string
import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

WORDS = ["red", "green", "blue", "Größe", "naïve", "日本", "a,b", 'say "x"', "ÉTÉ", "x y", "Ω", "ß", "😀", "None of it", "zz", "A", "a", " a", "a ", "[UNK]", "nan?"]
TOKENS = ["Good,", "good", "bad!", "film", "the", "THE", "Größe", "ÉTÉ", "don't", "日本", "😀", "7.5", "x", "plot", "(dull)", "actor"]
# Numbers as pandas spells them, of which one is not whole.
NUMBERS = ["0.5", "1.0", "1.5", "-2.0", "12.25", "1000000.0", "1e-05", "20000001.0", "-0.125"]


def number(r, n):
    kind = r.integers(0, 5)
    x = [r.normal(r.normal(0, 50), 10 ** r.uniform(-3, 4), n), r.lognormal(2, 1, n), r.integers(-5, 60, n).astype(float),
         r.uniform(0, 1, n), r.normal(1000, 3, n)][kind]
    return np.array([float(f"{v:.6g}") for v in x])


def draw(r):
    columns = []
    for i in range(r.integers(1, 5)):
        columns.append(dict(name=f"n{i}", kind="number", missing=r.choice([0, 0, 0.15]), impute=str(r.choice(["mean", "median", "most_frequent", "constant"])),
                            scale=str(r.choice(["standard", "minmax", "robust", "none"])), indicator=bool(r.random() < 0.5)))
    if r.random() < 0.4:
        columns.append(dict(name="flag", kind="boolean", missing=0.0))
    if r.random() < 0.4:
        columns.append(dict(name="amount", kind="number", log=True, missing=r.choice([0, 0.15]), impute="median",
                            scale=str(r.choice(["standard", "minmax", "robust", "none"])), indicator=bool(r.random() < 0.5)))
    if r.random() < 0.4:
        columns.append(dict(name="member", kind="words", missing=r.choice([0, 0.2]), impute=str(r.choice(["most_frequent", "mean", "constant"])),
                            indicator=bool(r.random() < 0.5), pair=[("No", "yes"), ("n", "Y"), ("nein", "JA")][r.integers(0, 3)]))
    if r.random() < 0.5:
        form = int(r.integers(0, 4))
        parts = [str(x) for x in r.permutation(["year", "month", "day", "weekday"] + (["hour"] if form == 1 else []))[:r.integers(1, 5)]]
        columns.append(dict(name="joined", kind="date", missing=r.choice([0, 0.2]), parts=parts, cyclic=bool(r.random() < 0.6), form=form,
                            years=[(1995, 2025), (1, 9999), (2020, 2020)][r.integers(0, 3)]))
    for i in range(r.integers(1, 4)):
        columns.append(dict(name=["Größe", "c b", "kind:x"][i], kind="category", whole=bool(r.random() < 0.3), spelled=bool(r.random() < 0.25), missing=r.choice([0, 0, 0.2]),
                            rare=int(r.choice([1, 1, 4])), mode=str(r.choice(["ignore", "bucket"])), fill=bool(r.random() < 0.3)))
    return [columns[i] for i in r.permutation(len(columns))]


def with_texts(r, columns):
    """The columns with one of texts among them in a third of the tables. Its own generator leaves all other draws as they are."""
    if r.random() < 0.35:
        text = dict(name="re view", kind="text", encode=str(r.choice(["multi_hot", "count", "tf_idf"])), most=int(r.choice([500, 6])), missing=float(r.choice([0, 0.2])))
        columns.insert(int(r.integers(0, len(columns) + 1)), text)


def texts(r, c, n, new):
    words = TOKENS + ["never", "seen?"] if new else TOKENS
    x = np.array([" ".join(r.choice(words, r.integers(1, 9))) for _ in range(n)], dtype=object)
    x[1:] = np.where(r.random(n) < c["missing"], "", x)[1:]
    return x


def values(r, c, n, new):
    if c["kind"] == "number":
        c.setdefault("draw", r.integers(0, 2 ** 31))
        x = number(np.random.default_rng(c["draw"] + new), n)
        if x.std() < 1e-4 * np.abs(x).max():
            # Cellar refuses to standardize what 32-bit floats can hardly tell apart.
            x = (x - x.mean()) / max(x.std(), 1e-9)
        if c.get("log"):
            x = np.abs(x) - 0.5
        return np.where(r.random(n) < c["missing"], np.nan, x)
    if c["kind"] == "boolean":
        return r.random(n) < 0.4
    if c["kind"] == "words":
        x = np.array([getattr(c["pair"][v], k)() for v, k in zip((r.random(n) < 0.4).astype(int), r.choice(["lower", "upper", "capitalize"], n))], dtype=object)
        x[:2] = [c["pair"][0], c["pair"][1]]
        x[np.arange(n) >= 2] = np.where(r.random(n) < c["missing"], "", x)[2:]
        return x
    if c["kind"] == "date":
        x = np.empty(n, object)
        for i in range(n):
            first, last = c["years"]
            x[i] = None if r.random() < c["missing"] else datetime.datetime(
                int(r.integers(first, last + 1)), int(r.integers(1, 13)), int(r.integers(1, 29)), *((int(r.integers(0, 24)), 30) if c["form"] == 1 else ()))
        return x
    if c["whole"]:
        x = (r.geometric(0.25, n) * 7 + (3 if new else 0) * (r.random(n) < 0.1) - 21 * (r.random(n) < 0.3)).astype(float)
        if new:
            # The numbers that might stand for a missing value.
            x[r.random(n) < 0.1] = r.choice([-1, -2, -15, -22, -100])
        return np.where(r.random(n) < c["missing"], np.nan, x)
    words = c.setdefault("words", ["0.5"] + list(r.permutation(NUMBERS[1:])[:r.integers(2, 8)]) if c["spelled"] else list(r.permutation(WORDS)[:r.integers(3, 12)]))
    share = np.arange(len(words), 0, -1.0) ** 2
    x = r.choice(words, n, p=share / share.sum()).astype(object)
    if new:
        x[r.random(n) < 0.1] = "7.75" if c["spelled"] else "never seen"
    x[r.random(n) < c["missing"]] = ""
    if c["spelled"]:
        x[0] = "0.5"
    return x


def iso(date, form):
    """What the model takes for a date."""
    return "" if date is None else f"{date.year:04}-{date.month:02}-{date.day:02}" + (f" {date.hour:02}:{date.minute:02}:00" if form == 1 else "")


def written(date, form):
    """A date as the table has it."""
    if date is None or form < 2:
        return iso(date, form)
    return f"{date.day:02}.{date.month:02}.{date.year:04}" if form == 2 else f"{date.month}/{date.day}/{date.year:04}"


def spelling(number, row):
    """A number in one of its spellings."""
    if number == "" or "e" in number:
        return number
    short = number[:-2] if number.endswith(".0") else number
    return [number, short, number + "0", number.replace("0.", ".", 1) if number.startswith("0.") else "+" + short if short[0] != "-" else short][row % 4]


def write(path, table, target):
    with open(path, "w", newline="") as f:
        w = csv.writer(f)
        w.writerow(list(table) + ["y"])
        cells = [["" if isinstance(v, float) and np.isnan(v) else (repr(int(v)) if isinstance(v, float) and v == int(v) and abs(v) < 1e15 else v) for v in x.tolist()]
                 for x in table.values()]
        for row in zip(*cells, target):
            w.writerow(row)


def recipe(columns, path, name):
    entries = {}
    for c in columns:
        if c["kind"] == "number":
            impute = c["value"] if c["impute"] == "constant" else c["impute"]
            scale = ["log1p", c["scale"]] if c.get("log") else c["scale"]
            entries[c["name"]] = dict(kind="number", impute=impute, scale=scale, indicator=c["indicator"])
        elif c["kind"] == "boolean":
            entries[c["name"]] = "boolean"
        elif c["kind"] == "words":
            entries[c["name"]] = dict(kind="boolean", impute=c["value"] if c["impute"] == "constant" else c["impute"], indicator=c["indicator"])
        elif c["kind"] == "text":
            entries[c["name"]] = dict(kind="text", encode=c["encode"], max_tokens=c["most"])
        elif c["kind"] == "date":
            entries[c["name"]] = dict(kind="date", parts=c["parts"], order=["year_first", "year_first", "day_first", "month_first"][c["form"]])
            if any(p in c["parts"] for p in ["month", "weekday", "hour"]):
                entries[c["name"]]["cyclic"] = c["cyclic"]
        else:
            entries[c["name"]] = dict(kind="category", rare=c["rare"], unknown=c["mode"], encode="one_hot")
            if c["fill"]:
                entries[c["name"]]["impute"] = "most_frequent"
    return json.dumps(dict(
        name=name, data=dict(csv=path, target="y", columns=entries),
        model=[dict(Dense=dict(units=8, activation="tanh")), dict(Dense=dict(units=1, activation="sigmoid"))],
        compile=dict(optimizer="adam", loss="binary_crossentropy"), fit=dict(epochs=1, seed=1)), ensure_ascii=False)


def parts_of_date(c, x, z):
    """The parts of dates: numbers standardized, others on a circle or one column each; all 0 for a missing date."""
    known = [d for d in x if d is not None]
    out = []
    for part in c["parts"]:
        place = dict(year=lambda d: d.year, month=lambda d: d.month - 1, day=lambda d: d.day, weekday=lambda d: d.weekday(), hour=lambda d: d.hour)[part]
        if part in ("year", "day"):
            scaler = StandardScaler().fit(np.array([[place(d)] for d in known], float))
            out.append(np.array([[0.0] if d is None else scaler.transform([[float(place(d))]])[0] for d in z]))
            continue
        total = dict(month=12, weekday=7, hour=24)[part]
        turn = lambda p: [np.sin(2 * np.pi * p / total), np.cos(2 * np.pi * p / total)] if c["cyclic"] else np.eye(total)[p]
        width = 2 if c["cyclic"] else total
        out.append(np.array([np.zeros(width) if d is None else turn(place(d)) for d in z]))
    if len(known) < len(x):
        out.append(np.array([[float(d is None)] for d in z]))
    return np.hstack(out)


def words_of_texts(c, x, z):
    """The words of texts, from the most frequent one, as many as the recipe keeps; all others are counted in front."""
    plain = str.maketrans("", "", string.punctuation)
    ascii_lower = lambda t: "".join(ch.lower() if ch.isascii() else ch for ch in t).translate(plain)
    counter = CountVectorizer(preprocessor=ascii_lower, tokenizer=str.split, token_pattern=None).fit(x)
    counts, names = counter.transform(x).toarray(), counter.get_feature_names_out()
    order = sorted(range(len(names)), key=lambda i: (counts[:, i].sum(), names[i].encode()), reverse=True)[:c["most"] - 1]
    known = counter.transform(z).toarray()[:, order].astype(float)
    everything = np.array([len(ascii_lower(t).split()) for t in z])
    out = np.hstack([(everything - known.sum(1)).reshape(-1, 1), known])
    if c["encode"] == "multi_hot":
        return (out > 0).astype(float)
    if c["encode"] == "tf_idf":
        idf = np.log(1 + len(x) / (1 + (counts[:, order] > 0).sum(0)))
        return out * np.append(idf.mean(), idf)
    return out


def expected(columns, a, b):
    """The columns in Cellar's order: numbers and booleans, their indicators, the same of logarithms, all others."""
    groups, categories = {False: ([], []), True: ([], [])}, []
    for c in columns:
        x, z = a[c["name"]], b[c["name"]]
        numbers, flags = groups[bool(c.get("log"))]
        if c["kind"] == "boolean":
            numbers.append(z.astype(float).reshape(-1, 1))
        elif c["kind"] == "number":
            fill = SimpleImputer(strategy=c["impute"], fill_value=c["value"], keep_empty_features=True).fit(x.reshape(-1, 1))
            scaler = dict(standard=StandardScaler(), minmax=MinMaxScaler(), robust=RobustScaler(), none=None)[c["scale"]]
            change = np.log1p if c.get("log") else lambda v: v
            filled = change(fill.transform(z.reshape(-1, 1)))
            numbers.append(filled if scaler is None else scaler.fit(change(fill.transform(x.reshape(-1, 1)))).transform(filled))
            if c["indicator"]:
                flags.append(np.isnan(z).astype(float).reshape(-1, 1))
        elif c["kind"] == "words":
            yes = c["pair"][1].lower()
            x, z = [np.array([np.nan if w == "" else float(w.lower() == yes) for w in v]).reshape(-1, 1) for v in (x, z)]
            fill = SimpleImputer(strategy=c["impute"], fill_value=c["value"]).fit(x)
            categories.append(np.hstack([fill.transform(z)] + ([np.isnan(z).astype(float)] if c["indicator"] else [])))
        elif c["kind"] == "text":
            categories.append(words_of_texts(c, x, z))
        elif c["kind"] == "date":
            categories.append(parts_of_date(c, x, z))
        else:
            if c["whole"]:
                x, z = x.copy(), z.copy()
                if c["fill"]:
                    f = SimpleImputer(strategy="most_frequent").fit(x.reshape(-1, 1))
                    x, z = f.transform(x.reshape(-1, 1)).ravel(), (f.transform(z.reshape(-1, 1)).ravel() if c["had"] else z)
            elif c["fill"] and c["had"]:
                values, counts = np.unique(x[x != ""].astype(str), return_counts=True)
                best = sorted(values[counts == counts.max()], key=lambda s: s.encode())[0]
                x, z = np.where(x == "", best, x), np.where(z == "", best, z)
            hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=c["rare"], sparse_output=False,
                                categories=[sorted(set(x.tolist()), key=lambda v: (str(v).encode() if isinstance(v, str) else (np.isnan(v), v)))]
                                if not c["whole"] else "auto").fit(x.reshape(-1, 1))
            out = hot.transform(z.reshape(-1, 1))
            if c["mode"] == "bucket" and hot.infrequent_categories_[0] is None:
                out = np.hstack([out, (out.sum(1) == 0).astype(float).reshape(-1, 1)])
            categories.append(out)
    return np.hstack(groups[False][0] + groups[False][1] + groups[True][0] + groups[True][1] + categories)


def rounding(columns, a, b, want):
    """What the rounding of raw numbers to float32, in which Keras reads them, moves the prepared ones of size 1. It moves the spread of the training rows, too, so
    that larger ones move in proportion."""
    slack, place = np.zeros_like(want), 0
    flags = sum(c["kind"] == "number" and c["indicator"] and not c.get("log") for c in columns)
    for c in sorted([c for c in columns if c["kind"] in ("number", "boolean")], key=lambda c: bool(c.get("log"))):
        if c.get("log"):
            # Behind the indicators of the others. The logarithm of a number near -1 is as coarse as the number's distance from it.
            x = np.concatenate([a[c["name"]], b[c["name"]]])
            x = np.append(x[~np.isnan(x)], c["value"] if c["impute"] == "constant" else 0)
            logs = np.log1p(a[c["name"]][~np.isnan(a[c["name"]])])
            spread = dict(standard=logs.std(), minmax=np.ptp(logs), robust=np.subtract(*np.percentile(logs, [75, 25])), none=1.0)[c["scale"]]
            error = (2.0 ** -23 * np.abs(x) / (1 + x) + 2.0 ** -22 * np.abs(np.log1p(x))).max()
            slack[:, place + flags] = error / max(spread * 0.5, 1e-300)
            place += 1
            continue
        if c["kind"] == "boolean":
            place += 1
            continue
        x = a[c["name"]][~np.isnan(a[c["name"]])]
        size = np.nanmax(np.abs(np.concatenate([x, b[c["name"]]])))
        spread = dict(standard=x.std(), minmax=np.ptp(x), robust=np.subtract(*np.percentile(x, [75, 25])), none=np.inf)[c["scale"]]
        slack[:, place] = 2.0 ** -23 * size / max(spread * 0.5, 1e-300)
        place += 1
    return slack


def case(seed, n=None, new=80):
    """The columns, a table to train on, another one with values that it does not have, the generator, and which numbers may be missing (by log1p)."""
    r = np.random.default_rng([9, seed])
    columns = draw(r)
    n = n or int(r.integers(60, 300))
    for c in columns:
        c["value"] = float(f"{r.normal(0, 5):.3g}") if not c.get("log") else 2.0
    a = {c["name"]: values(r, c, n, 0) for c in columns}
    b = {c["name"]: values(r, c, new, 1) for c in columns}
    t = np.random.default_rng([10, seed])
    with_texts(t, columns)
    for c in columns:
        if c["kind"] == "text":
            a[c["name"]], b[c["name"]] = texts(t, c, n, 0), texts(t, c, new, 1)
    a, b = ({c["name"]: x[c["name"]] for c in columns} for x in (a, b))
    for c in columns:
        c["had"] = bool(np.isnan(a[c["name"]].astype(float)).any()) if c["kind"] == "number" or c.get("whole") else bool((a[c["name"]] == "").any()) if c["kind"] in ("category", "words") else False
    # Where training had no missing number, another table with one is refused.
    group = {log: any(c["kind"] == "number" and bool(c.get("log")) == log and c["had"] for c in columns) for log in (False, True)}
    for c in columns:
        if (c["kind"] == "number" and not group[bool(c.get("log"))]) or (c.get("whole") and not c["had"]):
            x = b[c["name"]]
            b[c["name"]] = np.where(np.isnan(x), np.nanmin(x) if not np.isnan(x).all() else 7.0, x)
    return columns, a, b, r, group


def as_written(columns, table):
    """The table with dates in the form in which it has them, and numbers of categories in several spellings."""
    forms = {c["name"]: c["form"] for c in columns if c["kind"] == "date"}
    spelled = {c["name"] for c in columns if c.get("spelled") and not c["whole"]}
    return {k: np.array([written(d, forms[k]) for d in x], object) if k in forms else np.array([spelling(v, i) for i, v in enumerate(x)], object) if k in spelled else x
            for k, x in table.items()}
