"""Makes written.json and dates.json: numbers with units and dates in the forms of ordinary tables, with what they mean.

    python3 -m venv venv && venv/bin/pip install pandas && venv/bin/python make_written.py

Referees: Python's fractions for numbers, pandas.to_timedelta for spans of time, pandas.to_datetime for dates, which keeps the time of day that is written, whatever
the zone; names of zones that pandas does not know are replaced by UTC for it. Made with Python 3.11.7, pandas 3.1.1.
"""
import json
import random
import warnings
from fractions import Fraction
from pathlib import Path

import pandas as pd

warnings.simplefilter("ignore")
here = Path(__file__).parent
draw = random.Random(11)
SIZES = [
    {"mcg": 1, "mg": 1000, "g": 10**6, "kg": 10**9},
    {"mm": 1, "cm": 10, "m": 1000, "km": 10**6},
    {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30},
    {"s": 1, "min": 60, "h": 3600, "days": 86400},
    {"ml": 1, "cl": 10, "l": 1000},
]
POWERS = {"": 1, "K": 10**3, "k": 10**3, "M": 10**6, "m": 10**6, "bn": 10**9, "B": 10**9, " Mio.": 10**6, " lakh": 10**5, " Cr": 10**7}
SIGNS = [(".", ","), (".", ""), (",", "."), (",", ""), (".", "'"), (",", " ")]


def amount(decimal, thousands):
    """A number, as a fraction and as text."""
    digits = draw.choice([0, 1, 2])
    value = Fraction(draw.randrange(0, 10 ** draw.randrange(1, 8)), 10**digits)
    whole = f"{int(value):,}".replace(",", thousands) if draw.random() < 0.8 or not thousands else str(int(value))
    tail = str(int((value - int(value)) * 10**digits)).zfill(digits) if digits else ""
    return value, whole + (decimal + tail if tail else "")


def number_cases():
    cases = []

    def add(text, value, units=(), form=None, signs=(".", "")):
        cases.append({"text": text, "value": None if value is None else float(value), "units": list(units), "form": form,
                      "decimal": signs[0], "thousands": signs[1]})

    for _ in range(150):  # a unit of the same family
        family, signs = draw.choice(SIZES), draw.choice(SIGNS)
        own, other = draw.choice(list(family)), draw.choice(list(family))
        value, text = amount(*signs)
        sign = draw.choice(["", "", "-"])
        add(f"{sign}{text}{draw.choice(['', ' '])}{other}", (-value if sign else value) * family[other] / family[own], [own], None, signs)
    for _ in range(60):  # another unit, or none
        a, b = draw.sample(["g", "m", "l", "GB", "kWh", "EUR", "$", "hp", "kmpl", "l/100km"], 2)
        value, text = amount(".", "")
        add(f"{text} {b}", None, [a])
        add(text, value, [a])
    for _ in range(120):  # powers of ten, with and without a currency
        signs = draw.choice(SIGNS)
        value, text = amount(*signs)
        word = draw.choice(list(POWERS))
        unit = draw.choice(["", "€", "$", "EUR", "A$"])
        before = draw.random() < 0.5
        full = (unit + (" " if unit == "EUR" else "") + text + word) if before else text + word + (" " + unit if unit else "")
        sign = draw.choice(["", "-", "("])
        full = {"": full, "-": "-" + full, "(": f"({full})"}[sign]
        add(full, value * POWERS[word] * (-1 if sign else 1), [unit] if unit else [], "magnitudes", signs)
    for unit, written in [("${}/hr", "${}/hr"), ("Rs. {}/-", "Rs. {}/-"), ("{}/5", "{}/5"), ("/5", "{}/5"), ("m2", "{} m2"), ("l/100km", "{} l/100km"),
                          ("km/kg", "{} km/kg"), ("${} USD", "${} USD"), ("+", "{}+"), ("#", "#{}"), ("~", "~{}"), ("\"", "{}\""), ("°", "{}°"),
                          ("± 0.5", "{} ± 0.5"), ("Rp", "Rp {}"), ("₩", "₩{}"), ("μm", "{} μm"), ("per night", "{} per night"), ("CR", "{} CR")]:
        for _ in range(6):
            signs = draw.choice(SIGNS)
            value, text = amount(*signs)
            add(written.replace("{}", text), value, [unit], None, signs)
    for _ in range(60):  # negative numbers of accounting
        signs, unit = draw.choice(SIGNS), draw.choice(["", "$", "€"])
        value, text = amount(*signs)
        form = draw.choice(["({}{})", "{}({})", "-{}{}", "−{}{}", "{}{}", "{}{}-"])
        negative = form != "{}{}"
        add(form.format(unit, text), -value if negative else value, [unit] if unit else [], "accounting", signs)
    for _ in range(60):  # ranges
        low, high = sorted(draw.randrange(1, 5000) for _ in range(2))
        between = draw.choice([" - ", "-", " – ", " to "])
        unit = draw.choice(["", "$", "mg"])
        if unit == "$":
            text, middle = f"${low}{between}${high}", Fraction(low + high, 2)
        elif unit == "mg":
            text, middle = f"{low}{between}{high} mg", Fraction(low + high, 2000)
        else:
            text, middle = f"{low}{between}{high}", Fraction(low + high, 2)
        add(text, middle, ["g"] if unit == "mg" else [unit] if unit else [], "range")
        if low < high:
            add(f"{high}{between}{low}", None, [], "range")
    for _ in range(60):  # spans of time
        d, h, m, s = draw.randrange(0, 9), draw.randrange(0, 60), draw.randrange(0, 60), draw.randrange(0, 60)
        for text in [f"{h}h {m}m", f"{h}h", f"{m}m", f"{h}:{m:02}:{s:02}", f"{d} days {h % 24:02}:{m:02}:{s:02}", f"{h} hours {m} min", f"{m}m {s}s", f"{h}h{m:02}m{s:02}s"]:
            add(text, pd.to_timedelta(text).total_seconds(), [], "duration")
        add(f"{100 + h}:{s:02}", (100 + h) * 60 + s, [], "duration")
        add(f"{h}:{60 + m % 40}:00", None, [], "duration")
    for _ in range(40):  # heights
        feet, inches = draw.randrange(1, 8), draw.randrange(0, 12)
        for text in [f"{feet}'{inches}\"", f"{feet}' {inches}\"", f"{feet}'{inches}", f"{feet}-{inches}", f"{feet} ft {inches} in", f"{feet}ft{inches}in"]:
            add(text, feet * 12 + inches, [], "feet")
        add(f"{feet}'{inches + 12}\"", None, [], "feet")
    return cases


def date_cases():
    cases = []
    forms = [
        ("year_first", "%Y%m%dT%H%M%S", ""), ("year_first", "%Y-%m-%d %H:%M:%S", "zone"), ("year_first", "%Y-%m-%dT%H:%M:%S", "zone"),
        ("year_first", "%Y-%b", ""), ("month_first", "%b-%Y", ""), ("month_first", "%B %Y", ""), ("month_first", "%m/%Y", ""),
        ("month_first", "%a %b %d %H:%M:%S {} %Y", "name"), ("month_first", "%a %b %d %H:%M:%S %Y", ""), ("month_first", "%b %d, %Y %I:%M %p", ""),
        ("month_first", "%b %d, %Y, %I:%M:%S %p", ""), ("month_first", "%m/%d/%Y %I:%M %p", ""), ("month_first", "%A, %B %d, %Y", ""),
        ("day_first", "%a, %d %b %Y %H:%M:%S", "zone"), ("day_first", "%d/%m/%Y %H:%M", ""), ("day_first", "%d %b %Y", ""),
        ("year_first", "%Y-%m-%d %H:%M:%S", "name"),
    ]
    for _ in range(25):
        for order, form, zone in forms:
            when = pd.Timestamp(draw.randrange(0, 2 * 10**9), unit="s")
            text = when.strftime(form)
            asked = text
            if zone == "zone":
                tail = draw.choice(["Z", "+05:30", "-0800", "+00", "-03:00", "+1345", " -0700", " UTC"])
                text, asked = text + tail, text + tail
            if zone == "name":
                name = draw.choice(["PDT", "PST", "CEST", "IST"])
                text, asked = (text.replace("{}", name), text.replace("{}", "UTC")) if "{}" in form else (f"{text} {name}", f"{text} UTC")
            found = pd.to_datetime(asked, dayfirst=order == "day_first").tz_localize(None)
            has_time = "%M" in form
            cases.append({"order": order, "text": text, "iso": found.strftime("%Y-%m-%d %H:%M:%S" if has_time else "%Y-%m-%d")})
    for order, text in [("month_first", "Dec-18"), ("year_first", "20141313T000000"), ("year_first", "2014-10-13 11:35:52 -0860"), ("year_first", "2014-10-13 11:35:52 XYZ"),
                        ("month_first", "Man Apr 06 22:19:45 PDT 2009"), ("month_first", "13/2018"), ("month_first", "Nov 31, 2026 3:05 PM"), ("year_first", "20141013T0000")]:
        if text == "20141013T0000":
            cases.append({"order": order, "text": text, "iso": "2014-10-13 00:00:00"})
        else:
            cases.append({"order": order, "text": text, "iso": None})
    return cases


def write(name, cases):
    (here / name).write_text("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")
    print(name, len(cases))


write("written.json", number_cases())
write("dates.json", date_cases())
