"""Makes tables in the form of well-known public ones: names of columns, separators, quotes, marks for missing values, lines before and behind
the table, identifiers, leaks and encodings are theirs; the values are drawn. The same seed gives the same bytes.

    python make_public_like.py FOLDER [SEED]

Needs NumPy 1.24 or later. Writes FOLDER/NAME and FOLDER/public.json: for each table its target, its task, whether the target must be named,
and columns that no model should take. `try_tables.py` trains and judges a model on each.
"""
import csv, datetime, io, json, os, sys
import numpy as np

folder = sys.argv[1]
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
os.makedirs(folder, exist_ok=True)
catalog = {}


def column(r, kind, args, n):
    """The texts of a column, and what each adds to the score that decides the target."""
    if kind == "i":
        x = r.integers(int(args[0]), int(args[1]) + 1, n)
        return [str(v) for v in x], x
    if kind == "f":
        x = r.uniform(float(args[0]), float(args[1]), n)
        return [f"{v:.{int(args[2])}f}" for v in x], x
    if kind == "n":
        x = r.normal(float(args[0]), float(args[1]), n)
        x = np.abs(x) if float(args[0]) >= 2 * float(args[1]) else x
        return [f"{v:.{int(args[2])}f}" for v in x], x
    if kind == "l":
        x = r.lognormal(float(args[0]), float(args[1]), n)
        return [f"{v:.{int(args[2])}f}" for v in x], np.log(x)
    if kind == "z":  # mostly 0
        x = np.where(r.random(n) < float(args[1]), r.integers(1, int(args[0]), n), 0)
        return [str(v) for v in x], (x > 0).astype(float)
    if kind == "c":
        words = args[0].split("|")
        share = 0.75 ** np.arange(len(words))
        x = r.choice(len(words), n, p=share / share.sum())
        return [words[v] for v in x], r.normal(0, 1, len(words))[x]
    if kind == "id":
        first = int(args[0]) if args else 1
        return [str(first + i) for i in range(n)], None
    if kind == "uid":
        return [str(v) for v in r.permutation(int(args[0]))[:n]], None
    if kind == "code":  # codes such as LP001002
        return [f"{args[0]}{v:06}" for v in r.permutation(10 ** 6)[:n]], None
    if kind == "name":
        first, last = ["Anna", "Ben", "Dora", 'Fritz "Fred"', "Hana", "Ivo", "William"], ["Adams", "Brown", "O'Neil", "Smith", "Li", "Müller"]
        return [f"{last[r.integers(6)]}, {['Mr.', 'Mrs.', 'Miss.'][r.integers(3)]} {first[r.integers(7)]} {'ABCDEFGHIJ'[i % 10]}{i}" for i in range(n)], None
    if kind == "k":
        return [args[0]] * n, None
    if kind == "free":  # a category without influence
        words = args[0].split("|")
        return [words[v] for v in r.integers(0, len(words), n)], None
    if kind in ("d", "dr"):  # dates in a form, from a day on, so many days; dr: in order
        start = datetime.datetime.fromisoformat(args[1])
        days = r.uniform(0, float(args[2]), n)
        days = np.sort(days) if kind == "dr" else days
        return [write_date(start + datetime.timedelta(days=float(v)), args[0]) for v in days], None
    if kind == "day":  # a day each
        start = datetime.datetime.fromisoformat(args[1])
        return [write_date(start + datetime.timedelta(hours=i * float(args[2])), args[0]) for i in range(n)], None
    raise ValueError(kind)


def write_date(d, form):
    return d.strftime(form.replace("%-d", str(d.day)).replace("%-m", str(d.month)).replace("%-I", str(d.hour % 12 or 12)).replace("%-H", str(d.hour)))


def table(path, n, columns, target, at=-1, sep=",", header=True, quote="minimal", noise=0.35, before="", after="", encoding="utf-8", end="\n", ask=False,
          leaks=None, drop=(), change=None, tail=0, first=None, blank="", quote_header=None, unit=None, names=None, skew=None):
    """Writes a table.

    columns: lines NAME = KIND:ARGUMENTS, with ~SHARE=MARK for missing values and !WEIGHT for a column's weight.
    target: NAME = classes (a|b|c) or number:MEAN:DEVIATION:DIGITS. at: its place among the columns.
    """
    r = np.random.default_rng([seed, sum(ord(c) * (i + 1) for i, c in enumerate(path))])
    heads, cells, score = [], [], np.zeros(n)
    for line in columns.strip().splitlines():
        name, spec = [part.strip(" ") for part in line.strip().rsplit(" = ", 1)]
        missing = weight = None
        if "~" in spec:
            spec, missing = spec.split("~")
        if "!" in spec:
            spec, weight = spec.split("!")
        spec = spec.strip()
        kind, *args = spec.split(":", 3) if spec[:1] in "d" and spec.startswith(("d:", "dr:", "day:")) else spec.split(":")
        if kind in ("d", "dr", "day"):  # the form may have colons: FORM @ START @ DAYS
            args = spec.split(":", 1)[1].split("@")
        texts, z = column(r, kind, args, n)
        if z is not None:
            z = (z - z.mean()) / max(z.std(), 1e-9)
            score = score + (float(weight) if weight else r.normal(0, 1)) * z
        if missing:
            share, mark = missing.split("=")
            texts = [mark if r.random() < float(share) else t for t in texts]
        heads.append(name)
        cells.append(texts)
    score = score / score.std()
    score = score + noise * r.normal(0, 1, n)
    name, spec = [part.strip() for part in target.split(" = ")]
    if spec.startswith("number:"):
        mean, spread, digits = spec.split(":")[1:4]
        values = float(mean) + float(spread) * score
        values = np.abs(values) if float(mean) > 0 else values
        y, task = [f"{v:.{int(digits)}f}" for v in values], "numbers"
    else:
        words = spec.split("|")
        share = np.array(skew) if skew else 0.8 ** np.arange(len(words))
        cuts = np.quantile(score, np.cumsum(share / share.sum())[:-1])
        y, task = [words[v] for v in np.searchsorted(cuts, score)], "classes"
    if leaks:
        for leak, make in leaks.items():
            heads.append(leak)
            cells.append([make(v) for v in y])
    place = at % (len(heads) + 1)
    heads.insert(place, name)
    cells.insert(place, y)
    rows = [list(row) for row in zip(*cells)]
    if change:
        heads, rows = change(r, heads, rows)
    out = io.StringIO()
    out.write(before)
    modes = dict(minimal=csv.QUOTE_MINIMAL, all=csv.QUOTE_ALL, none=csv.QUOTE_NONE, words=csv.QUOTE_NONNUMERIC)
    def line(fields, quote):
        if quote == "none" or len(sep) > 1:
            out.write(sep.join(fields) + end)
            return
        fields = [number(f) for f in fields] if quote == "words" else fields
        csv.writer(out, delimiter=sep, lineterminator=end, quoting=modes[quote]).writerow(fields)
    if header:
        line(first or heads, quote_header or quote)
    for row in rows:
        line(row, quote)
    out.write(after)
    with open(os.path.join(folder, path), "wb") as f:
        f.write(out.getvalue().encode(encoding))
    blank = after.count("\n") if set(after) & set(",;") else 0
    catalog[path] = dict(target=name if header else str(place), task=task, ask=ask, drop=list(drop), rows=n + blank)


class Bare(float):
    """A number that is written as it was drawn."""
    def __new__(cls, text):
        self = float.__new__(cls, text)
        self.text = text
        return self

    def __repr__(self):
        return self.text

    __str__ = __repr__


def number(text):
    try:
        return Bare(text)
    except ValueError:
        return text


YN = "c:yes|no"

table("titanic_train.csv", 891, """
PassengerId = id
Pclass = c:3|1|2 !1.2
Name = name
Sex = c:male|female !2
Age = n:30:12:0 !0.5 ~0.2=
SibSp = z:4:0.3
Parch = z:4:0.2
Ticket = code:A/5
Fare = l:3:0.8:4
Cabin = free:|||C85|B42|E10|D33
Embarked = c:S|C|Q ~0.01=
""", "Survived = 0|1", at=1, skew=[0.62, 0.38], drop=["PassengerId", "Ticket"])

table("titanic_seaborn.csv", 891, """
pclass = c:3|1|2 !1.2
sex = c:male|female !2
age = n:30:12:1 !0.5 ~0.2=
sibsp = z:4:0.3
parch = z:4:0.2
fare = l:3:0.8:4
embarked = c:S|C|Q ~0.01=
adult_male = c:True|False
deck = c:C|B|E|D|A|F|G ~0.77=
alone = c:True|False
""", "survived = 0|1", at=0, skew=[0.62, 0.38], leaks={"alive": lambda y: "yes" if y == "1" else "no"}, drop=["alive"])

ADULT = """
age = i:17:90 !1
workclass = c:Private|Self-emp-not-inc|Local-gov|State-gov ~0.05=?
fnlwgt = i:20000:500000 !0
education = c:HS-grad|Some-college|Bachelors|Masters|Assoc-voc|11th|Doctorate !1.3
education-num = i:1:16 !1
marital-status = c:Married-civ-spouse|Never-married|Divorced|Widowed !1.5
occupation = c:Exec-managerial|Craft-repair|Sales|Adm-clerical|Other-service ~0.05=?
relationship = c:Husband|Not-in-family|Own-child|Unmarried|Wife
race = c:White|Black|Asian-Pac-Islander|Other
sex = c:Male|Female
capital-gain = z:20000:0.08 !0.8
capital-loss = z:3000:0.05
hours-per-week = i:1:99
native-country = c:United-States|Mexico|Philippines|Germany|Cuba ~0.02=?
"""
table("adult.data", 3000, ADULT, "income = <=50K|>50K", skew=[0.76, 0.24], sep=", ", header=False, quote="none", after="\n")
table("adult.test", 2000, ADULT, "income = <=50K.|>50K.", skew=[0.76, 0.24], sep=", ", header=False, quote="none", before="|1x3 Cross validator\n", after="\n")
table("adult_kaggle.csv", 3000, ADULT, "income = <=50K|>50K", skew=[0.76, 0.24])

table("telco_churn.csv", 3000, """
customerID = code:7590-VH
gender = c:Female|Male
SeniorCitizen = z:2:0.16
Partner = c:Yes|No
Dependents = c:No|Yes
tenure = i:0:72 !-1.5
PhoneService = c:Yes|No
MultipleLines = c:No|Yes|No phone service
InternetService = c:Fiber optic|DSL|No !1
OnlineSecurity = c:No|Yes|No internet service
Contract = c:Month-to-month|Two year|One year !1.5
PaperlessBilling = c:Yes|No
PaymentMethod = c:Electronic check|Mailed check|Bank transfer (automatic)|Credit card (automatic)
MonthlyCharges = f:18:118:2
TotalCharges = f:18:8000:2 ~0.01= \n""".replace("01= \n", "01=\u0020\n"), "Churn = No|Yes", skew=[0.73, 0.27], drop=["customerID"])

table("churn_modelling.csv", 2500, """
RowNumber = id
CustomerId = uid:15800000
Surname = free:Hargrave|Hill|Onio|Boni|Mitchell|Chu|Bartlett|Obinna|He|H?
CreditScore = i:350:850
Geography = c:France|Spain|Germany !1
Gender = c:Male|Female
Age = i:18:92 !1.5
Tenure = i:0:10
Balance = z:250000:0.6
NumOfProducts = c:1|2|3|4 !1
HasCrCard = c:1|0
IsActiveMember = c:1|0 !1
EstimatedSalary = f:10:200000:2 !0
""", "Exited = 0|1", skew=[0.8, 0.2], drop=["RowNumber", "CustomerId"])

HEART = """
age = i:29:77
sex = c:1.0|0.0
cp = c:4.0|3.0|2.0|1.0 !1.4
trestbps = i:94:200
chol = i:126:564
fbs = c:0.0|1.0
restecg = c:0.0|2.0|1.0
thalach = i:71:202 !1
exang = c:0.0|1.0 !1
oldpeak = f:0:6.2:1 !1
slope = c:1.0|2.0|3.0
ca = c:0.0|1.0|2.0|3.0 !1 ~0.02=?
thal = c:3.0|7.0|6.0 !1 ~0.01=?
"""
table("processed.cleveland.data", 303, HEART, "num = 0|1|2|3|4", skew=[54, 18, 12, 12, 4], header=False, noise=0.02)
table("heart_kaggle.csv", 303, HEART.replace(".0", "").replace("~0.02=?", "").replace("~0.01=?", ""), "target = 0|1", encoding="utf-8-sig", end="\r\n")

IRIS = "sepal_length = f:4.3:7.9:1\nsepal_width = f:2:4.4:1\npetal_length = f:1:6.9:1 !2\npetal_width = f:0.1:2.5:1 !2"
table("iris.data", 150, IRIS, "class = Iris-setosa|Iris-versicolor|Iris-virginica", skew=[1, 1, 1], header=False, after="\n", noise=0.1)
table("iris_r.csv", 150, ("row = id\n" + IRIS), "Species = setosa|versicolor|virginica", skew=[1, 1, 1], quote="words", noise=0.1, drop=[""],
      change=lambda r, heads, rows: ([""] + ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width", "Species"], [[f"{v[0]}", *v[1:]] for v in rows]))

WINE = """
fixed acidity = n:8:1.5:1
volatile acidity = f:0.1:1.2:2 !1.5
citric acid = f:0:1:2
residual sugar = l:0.8:0.4:1
chlorides = f:0.01:0.2:3
free sulfur dioxide = i:1:70
total sulfur dioxide = i:6:280
density = f:0.99:1.004:5
pH = f:2.7:4:2
sulphates = f:0.3:1.8:2
alcohol = f:8:14.5:1 !2
"""
table("winequality-red.csv", 1599, WINE, "quality = 3|4|5|6|7|8", skew=[1, 3, 43, 40, 12, 1], sep=";", quote_header="all", quote="none")
table("wine.data", 178, "Alcohol = f:11:14.8:2 !2\nMalic = f:0.7:5.8:2\nAsh = f:1.3:3.2:2\nAlcalinity = f:10:30:1\nMagnesium = i:70:162\nPhenols = f:1:3.9:2\n"
      "Flavanoids = f:0.3:5:2 !2\nHue = f:.5:1.7:2\nProline = i:278:1680 !1", "class = 1|2|3", at=0, skew=[1, 1, 1], header=False, noise=0.1,
      change=lambda r, heads, rows: (heads, [[v.removeprefix("0") if v.startswith("0.") else v for v in row] for row in rows]))

table("abalone.data", 2000, """
Sex = c:M|F|I !0.6
Length = f:0.1:0.8:3 !1
Diameter = f:0.05:0.65:3
Height = f:0:0.25:3
Whole = f:0.01:2.8:4
Shell = f:0.01:1:4 !1
""", "Rings = number:10:3:0", header=False)

table("auto-mpg.data", 398, """
cylinders = c:4|8|6|3|5 !1
displacement = f:68:455:1
horsepower = f:46:230:1 !1 ~0.015=?
weight = i:1613:5140 !2
acceleration = f:8:25:1
year = i:70:82 !1
origin = c:1|3|2
""", "mpg = number:23:7:1", at=0, header=False, quote="none", ask=True,
      change=lambda r, heads, rows: (heads, [[f"{v[0]:<7}{v[1]:<4}{v[2]:<11}{v[3]:<11}{v[4] + '.':<11}{v[5]:<7}{v[6]:<4}{v[7]}\t\"{r.choice(['ford pinto', 'vw rabbit', 'amc hornet'])} {r.integers(300)}\""] for v in rows]))
table("auto_mpg_kaggle.csv", 398, """
cylinders = c:4|8|6|3|5 !1
displacement = f:68:455:1
horsepower = i:46:230 !1 ~0.015=?
weight = i:1613:5140 !2
acceleration = f:8:25:1
model year = i:70:82 !1
origin = c:1|3|2
car name = free:ford pinto|vw rabbit|amc hornet|chevrolet chevelle malibu|toyota corolla
""", "mpg = number:23:7:1", at=0)

BOSTON = """
crim = l:-1:2:5
zn = z:100:0.27
indus = f:0.4:27.7:2
chas = z:2:0.07
nox = f:0.38:0.87:3
rm = f:3.5:8.8:3 !2
age = f:2.9:100:1
dis = f:1.1:12.1:4
rad = c:24|5|4|3|6|2|8|1|7
tax = i:187:711
ptratio = f:12.6:22:1
b = f:0.3:396.9:2
lstat = f:1.7:38:2 !-2
"""
table("housing.data", 506, BOSTON, "medv = number:22.5:8:2", header=False, quote="none",
      change=lambda r, heads, rows: (heads, [[" " + "".join(f"{v:>8} " for v in row)] for row in rows]))
table("BostonHousing.csv", 506, BOSTON, "medv = number:22.5:8:2", quote_header="all", change=lambda r, heads, rows: (heads, [[*v[:3], f'{v[3]}', *v[4:]] for v in rows]))

table("california_housing_train.csv", 3000, """
longitude = f:-124:-114:6
latitude = f:32:42:6
housing_median_age = n:28:8:6
total_rooms = l:7.5:0.6:6
total_bedrooms = l:6:0.6:6
population = l:7:0.6:6
households = l:6:0.6:6
median_income = f:0.5:15:6 !3
""", "median_house_value = number:207000:80000:6", quote_header="all", quote="none")

table("pima-indians-diabetes.csv", 768, "preg = i:0:17\nplas = i:44:199 !2\npres = i:24:122\nskin = i:7:99\ninsu = z:846:0.5\nmass = f:18:67:1 !1\npedi = f:.08:2.4:3\nage = i:21:81 !1",
      "class = 0|1", skew=[0.65, 0.35], header=False)

table("wdbc.data", 569, "id = uid:90000000\n" + "\n".join(f"f{i} = f:0:30:4" for i in range(30)), "diagnosis = B|M", at=1, skew=[0.63, 0.37], header=False, noise=0.15, drop=["0"])
table("breast-cancer-wisconsin.data", 699, "id = uid:2000000\n" + "\n".join(f"f{i} = i:1:10" + (" ~0.02=?" if i == 5 else "") for i in range(9)), "class = 2|4", skew=[0.65, 0.35],
      header=False, drop=["0"])
table("breast-cancer.data", 286, """
age = c:50-59|40-49|60-69|30-39|70-79
menopause = c:premeno|ge40|lt40
tumor-size = c:30-34|25-29|20-24|15-19|10-14|40-44|5-9|0-4 !1.5
inv-nodes = c:0-2|3-5|6-8|9-11 !1.5
node-caps = c:no|yes ~0.03=?
deg-malig = c:2|3|1
breast = c:left|right
breast-quad = c:left_low|left_up|right_up|right_low|central ~0.01=?
irradiat = c:no|yes
""", "Class = no-recurrence-events|recurrence-events", at=0, skew=[0.7, 0.3], header=False, noise=0.15, ask=True)

table("bank-additional.csv", 3000, """
age = i:17:98
job = c:admin.|blue-collar|technician|services|management|retired|entrepreneur|unknown
marital = c:married|single|divorced|unknown
education = c:university.degree|high.school|basic.9y|professional.course|basic.4y|unknown
default = c:no|unknown|yes
housing = c:yes|no|unknown
loan = c:no|yes|unknown
contact = c:cellular|telephone
month = c:may|jul|aug|jun|nov|apr|oct
day_of_week = c:thu|mon|wed|tue|fri
duration = i:0:2000 !2.5
campaign = i:1:30
pdays = c:999|3|6|4
previous = z:7:0.1
poutcome = c:nonexistent|failure|success
emp.var.rate = c:1.4|-1.8|1.1|-0.1
cons.price.idx = f:92.2:94.8:3
nr.employed = c:5228.1|5099.1|5191|5195.8
""", "y = no|yes", skew=[0.89, 0.11], sep=";", quote="words", noise=0.2)

table("german.data", 1000, """
status = c:A14|A11|A12|A13 !1.5
duration = i:4:72 !1
history = c:A32|A34|A33|A31|A30
purpose = c:A43|A40|A42|A41|A49|A46
amount = i:250:18424
savings = c:A61|A65|A62|A63|A64
employment = c:A73|A75|A74|A72|A71
rate = c:4|2|3|1
age = i:19:75
housing = c:A152|A151|A153
phone = c:A191|A192
foreign = c:A201|A202
""", "class = 1|2", skew=[0.7, 0.3], sep=" ", header=False, quote="none")
table("german.data-numeric", 1000, "\n".join(f"c{i} = i:{i % 2}:{4 + 13 * (i % 3 == 1)}" for i in range(12)), "class = 1|2", skew=[0.7, 0.3], header=False, quote="none",
      change=lambda r, heads, rows: (heads, [["".join(f"{v:>4}" for v in row) + " "] for row in rows]))

letters = lambda word: "c:" + "|".join(word)
table("agaricus-lepiota.data", 3000, "\n".join(f"a{i} = {letters(w)}" + (" ~0.3=?" if i == 6 else "") for i, w in enumerate(
      ["xfbks", "ysfg", "nygwe", "tf", "nfyaslcpm", "fa", "beucr", "cw", "nb", "knugh", "et", "p", "sfyk", "ot", "nvsya", "dgpmulw"])), "class = e|p", at=0, header=False, noise=0.1,
      skew=[0.52, 0.48], drop=["12"])
CAR = "buying = c:vhigh|high|med|low !1.5\nmaint = c:vhigh|high|med|low\ndoors = c:2|3|4|5more\npersons = c:2|4|more !2\nlug_boot = c:small|med|big\nsafety = c:low|med|high !2"
table("car.data", 1728, CAR, "class = unacc|acc|good|vgood", skew=[70, 22, 4, 4], header=False, noise=0.05)
table("nursery.data", 3000, """
parents = c:usual|pretentious|great_pret
has_nurs = c:proper|less_proper|improper|critical|very_crit
form = c:complete|completed|incomplete|foster
children = c:1|2|3|more
housing = c:convenient|less_conv|critical
finance = c:convenient|inconv
social = c:nonprob|slightly_prob|problematic
health = c:recommended|priority|not_recom !2.5
""", "class = not_recom|priority|spec_prior|very_recom", skew=[33, 33, 31, 3], header=False, after="\n", noise=0.05)

def shares(r, heads, rows):
    """casual and registered sum up to cnt."""
    place = heads.index("cnt")
    out = []
    for row in rows:
        total = int(row[place])
        casual = int(r.binomial(total, 0.2))
        out.append(row[:place] + [str(casual), str(total - casual)] + row[place:])
    return heads[:place] + ["casual", "registered"] + heads[place:], out

table("bike_hour.csv", 3000, """
instant = id
dteday = dr:%Y-%m-%d@2011-01-01@730
season = c:1|2|3|4
yr = c:0|1
mnth = c:1|2|3|4|5|6|7|8|9|10|11|12
hr = i:0:23 !2
holiday = z:2:0.03
weekday = i:0:6
workingday = c:1|0
weathersit = c:1|2|3
temp = f:0.02:1:2 !2
hum = f:0:1:2
windspeed = f:0:0.85:4
""", "cnt = number:190:70:0", change=shares, drop=["instant"])
table("SeoulBikeData.csv", 2000, """
Date = dr:%d/%m/%Y@2017-12-01@365
Hour = i:0:23 !2
Temperature(°C) = f:-17:39:1 !2
Humidity(%) = i:0:98
Rainfall(mm) = z:35:0.1
Seasons = c:Winter|Spring|Summer|Autumn
Holiday = c:No Holiday|Holiday
Functioning Day = c:Yes|No
""", "Rented Bike Count = number:704:200:0", at=1, encoding="latin-1", ask=True)

comma = lambda t: t.replace(".", ",") if t.count(".") == 1 and t.replace(".", "").replace("-", "").isdigit() else t
table("AirQualityUCI.csv", 2000, """
Date = dr:%d/%m/%Y@2004-03-10@390
Time = free:18.00.00|19.00.00|20.00.00|21.00.00|03.00.00
PT08.S1(CO) = i:650:2000 !1
C6H6(GT) = f:0.1:40:1 !2
PT08.S2(NMHC) = i:400:2000
NOx(GT) = i:2:1400 ~0.1=-200
T = f:-1:44:1
RH = f:9:88:1
AH = f:0.18:2.2:4
""", "CO(GT) = number:2.1:0.6:1", at=2, sep=";", quote="none", ask=True, after=";;;;;;;;;;;\n" * 100,
      change=lambda r, heads, rows: (heads + ["", ""], [[comma(v) for v in row] + ["", ""] for row in rows]))
table("household_power_consumption.txt", 3000, """
Date = dr:%-d/%-m/%Y@2006-12-16@900
Time = d:%H:%M:00@2006-12-16@1
Global_reactive_power = f:0:0.6:3 ~0.01=?
Voltage = f:230:250:3 ~0.01=?
Global_intensity = f:0.2:30:3 !3 ~0.01=?
Sub_metering_1 = z:40:0.1 ~0.01=?
Sub_metering_2 = z:40:0.1 ~0.01=?
Sub_metering_3 = z:20:0.4 ~0.01=
""", "Global_active_power = number:3:0.9:3", at=2, sep=";", ask=True)
table("forestfires.csv", 517, """
X = i:1:9
Y = i:2:9
month = c:aug|sep|mar|jul|feb|jun
day = c:sun|fri|sat|mon|tue
FFMC = f:18:96:1
DMC = f:1:291:1
temp = f:2:33:1 !2
RH = i:15:100
wind = f:0.4:9.4:1
rain = k:0
""", "area = number:12:4:2", drop=["rain"])
STUDENT = """
school = c:GP|MS
sex = c:F|M
age = i:15:22
address = c:U|R
famsize = c:GT3|LE3
Pstatus = c:T|A
Medu = i:0:4
Mjob = c:other|services|at_home|teacher|health
reason = c:course|home|reputation|other
studytime = i:1:4 !1
failures = z:4:0.2 !-1
higher = c:yes|no
internet = c:yes|no
absences = i:0:30
G1 = i:3:19 !1.5
G2 = i:3:19 !3
"""
quoted = lambda r, heads, rows: (heads, [["\"%s\"" % v if not v.lstrip("-").isdigit() or j in (len(row) - 3, len(row) - 2) else v for j, v in enumerate(row)] for row in rows])
table("student-mat.csv", 395, STUDENT, "G3 = number:11:3:0", sep=";", quote="none", change=quoted)

table("seeds_dataset.txt", 210, "area = f:10.5:21.2:2 !2\nperimeter = f:12.4:17.3:2\ncompactness = f:.8:.92:4\nlength = f:4.9:6.7:3\nwidth = f:2.6:4:3\nasymmetry = f:.7:8.5:3\n"
      "groove = f:4.5:6.6:3 !2", "class = 1|2|3", skew=[1, 1, 1], header=False, quote="none", noise=0.1,
      change=lambda r, heads, rows: (heads, [["\t".join(v + ("\t" if r.random() < 0.01 else "") for v in row[:-1]) + "\t" + row[-1]] for row in rows]))
table("glass.data", 214, "Id = id\nRI = f:1.511:1.534:5\nNa = f:10.7:17.4:2 !2\nMg = f:0:4.5:2 !2\nAl = f:.3:3.5:2\nSi = f:69:75.4:2\nK = f:0:6.2:2\nCa = f:5.4:16.2:2\nBa = z:3:0.2\nFe = f:0:.5:2",
      "Type = 1|2|3|5|6|7", skew=[70, 76, 17, 13, 9, 29], header=False, drop=["0"], noise=0.1)
table("ionosphere.data", 351, "a = c:1|0\nb = k:0\n" + "\n".join(f"c{i} = f:-1:1:5" for i in range(32)), "class = g|b", skew=[0.64, 0.36], header=False, noise=0.15, drop=["1"])
table("sonar.all-data", 208, "\n".join(f"c{i} = f:0:1:4" for i in range(60)), "class = R|M", header=False, noise=0.05)
table("spambase.data", 2000, "\n".join(f"w{i} = {'z:5:0.1' if i % 3 else 'f:0:3:2'}" for i in range(54)) + "\nrun = f:1:100:3\nlongest = i:1:9989\ntotal = i:1:15841", "spam = 0|1", skew=[0.6, 0.4], header=False)
table("data_banknote_authentication.txt", 1372, "variance = f:-7:7:4 !2\nskewness = f:-14:13:4 !1\ncurtosis = f:-5:18:4 !1\nentropy = f:-8.5:2.4:5", "class = 0|1", header=False, end="\r\n", noise=0.1)

def row_names(r, heads, rows):
    return heads, [[f'"{i + 1}"', *(f'"{v}"' if ":" in v else v for v in row)] for i, row in enumerate(rows)]

table("occupancy_datatraining.txt", 2000, """
date = day:%Y-%m-%d %H:%M:%S@2015-02-04@0.0167
Temperature = f:19:23.2:2
Humidity = f:16:39:4
Light = f:0:1500:1 !3
CO2 = f:412:2028:2 !1
HumidityRatio = f:0.0026:0.0065:8
""", "Occupancy = 0|1", skew=[0.79, 0.21], quote_header="all", quote="none", change=row_names, noise=0.1)

table("healthcare-dataset-stroke-data.csv", 3000, """
id = uid:72940
gender = c:Female|Male|Other
age = f:0.1:82:2 !2
hypertension = z:2:0.1
heart_disease = z:2:0.05
ever_married = c:Yes|No
work_type = c:Private|Self-employed|children|Govt_job|Never_worked
Residence_type = c:Urban|Rural
avg_glucose_level = f:55:271:2 !1
bmi = f:10:60:1 ~0.04=N/A
smoking_status = c:never smoked|Unknown|formerly smoked|smokes
""", "stroke = 0|1", skew=[0.95, 0.05], drop=["id"])
table("insurance.csv", 1338, "age = i:18:64 !1\nsex = c:female|male\nbmi = f:16:53:3\nchildren = i:0:5\nsmoker = c:no|yes !3\nregion = c:southeast|southwest|northwest|northeast", "charges = number:13270:6000:4")
table("house_prices_train.csv", 1460, """
Id = id
MSSubClass = c:20|60|50|120|30
MSZoning = c:RL|RM|FV|RH|C (all)
LotFrontage = i:21:313 ~0.18=NA
LotArea = l:9:0.4:0 !1
Street = free:Pave|Pave|Pave|Pave|Pave|Pave|Pave|Pave|Pave|Grvl
Alley = c:Grvl|Pave ~0.94=NA
Neighborhood = c:NAmes|CollgCr|OldTown|Edwards|Somerst|Gilbert|NridgHt|Sawyer|NWAmes|BrkSide
OverallQual = i:1:10 !3
YearBuilt = i:1872:2010 !1
MasVnrType = c:None|BrkFace|Stone|BrkCmn
MasVnrArea = z:1600:0.4 ~0.01=NA
BsmtQual = c:TA|Gd|Ex|Fa ~0.03=NA
1stFlrSF = i:334:4692 !1
2ndFlrSF = z:2065:0.4
GrLivArea = i:334:5642 !2
FireplaceQu = c:Gd|TA|Fa|Ex|Po ~0.47=NA
GarageYrBlt = i:1900:2010 ~0.06=NA
PoolQC = c:Gd|Fa|Ex ~0.995=NA
Fence = c:MnPrv|GdPrv|GdWo ~0.8=NA
MoSold = i:1:12
YrSold = i:2006:2010
SaleCondition = c:Normal|Partial|Abnorml|Family
""", "SalePrice = number:180921:60000:0", drop=["Id"])
table("default_of_credit_card_clients.csv", 3000, """
ID = id
LIMIT_BAL = i:10000:1000000
SEX = c:2|1
EDUCATION = c:2|1|3|4
MARRIAGE = c:2|1|3
AGE = i:21:79
PAY_0 = c:0|-1|1|-2|2|3 !2
PAY_2 = c:0|-1|2|-2|3
BILL_AMT1 = i:-15308:500000
PAY_AMT1 = l:7:1.5:0
""", "default payment next month = 0|1", skew=[0.78, 0.22], before=",X1,X2,X3,X4,X5,X6,X7,X8,X9,Y\n", drop=["ID"])
table("creditcard.csv", 4000, "Time = i:0:172792 !0\n" + "\n".join(f"V{i} = n:0:1.5:12" for i in range(1, 11)) + "\nAmount = l:3:1.5:2", "Class = 0|1", skew=[0.99, 0.01], quote_header="all",
      quote="none", change=lambda r, heads, rows: (heads, [[*v[:-1], f'"{v[-1]}"'] for v in rows]), noise=0.05)
table("hr_attrition.csv", 1470, """
Age = i:18:60 !-1
BusinessTravel = c:Travel_Rarely|Travel_Frequently|Non-Travel
DailyRate = i:102:1499
Department = c:Research & Development|Sales|Human Resources
EmployeeCount = k:1
EmployeeNumber = id
JobSatisfaction = i:1:4 !1
MonthlyIncome = i:1009:19999
Over18 = k:Y
OverTime = c:No|Yes !2
StandardHours = k:80
YearsAtCompany = i:0:40 !1
""", "Attrition = No|Yes", at=1, skew=[0.84, 0.16], encoding="utf-8-sig", end="\r\n", drop=["EmployeeCount", "EmployeeNumber", "Over18", "StandardHours"])


def texts(path, n, classes, header, sep, encoding="utf-8", tail="", label_first=True, quotes=True, drop=()):
    r = np.random.default_rng([seed, len(path), n])
    calm = "see you at home later ok thanks love going meet lunch tomorrow call me when i'm it's good morning dear".split()
    loud = "free win prize claim now urgent cash txt £1000 mobile offer guaranteed 08712 reply stop".split()
    rows = []
    for i in range(n):
        k = int(r.random() < 0.3)
        text = " ".join(r.choice(loud if (r.random() < (0.7 if k else 0.05)) else calm) for _ in range(r.integers(5, 20)))
        text = text.capitalize() + r.choice([".", "...", "!", ' "lol"', ", ok", ""])
        if not quotes and r.random() < 0.02:
            text = '"' + text  # never closed
        rows.append([classes[k], text] if label_first else [text, classes[k]])
    out = io.StringIO()
    w = csv.writer(out, delimiter=sep, lineterminator="\n")
    if header:
        out.write(header + "\n")
    for row in rows:
        if quotes:
            line = io.StringIO()
            csv.writer(line, delimiter=sep, lineterminator="").writerow(row)
            out.write(line.getvalue() + tail + "\n")
        else:
            out.write(sep.join(row) + "\n")
    with open(os.path.join(folder, path), "wb") as f:
        f.write(out.getvalue().encode(encoding))
    catalog[path] = dict(target=("v1" if label_first else "sentiment") if header else "0", task="classes", ask=False, drop=list(drop), rows=n)


texts("spam.csv", 2000, ["ham", "spam"], "v1,v2,,,", ",", "latin-1", tail=",,,", drop=["", ""])
texts("SMSSpamCollection", 2000, ["ham", "spam"], None, "\t", quotes=False)
texts("imdb.csv", 1500, ["positive", "negative"], "review,sentiment", ",", label_first=False)

table("penguins.csv", 344, """
island = c:Biscoe|Dream|Torgersen
bill_length_mm = f:32:60:1 !2 ~0.02=NA
bill_depth_mm = f:13:22:1 !1 ~0.02=NA
flipper_length_mm = i:172:231 !2 ~0.02=NA
body_mass_g = i:2700:6300 ~0.02=NA
sex = c:male|female ~0.03=NA
year = i:2007:2009
""", "species = Adelie|Gentoo|Chinstrap", at=0, skew=[152, 124, 68], noise=0.1)
table("flights.csv", 3000, """
year = k:2013
month = i:1:12
day = i:1:28
dep_time = i:1:2400 ~0.03=NA
sched_dep_time = i:500:2359
dep_delay = n:10:30:0 !3 ~0.03=NA
carrier = c:UA|B6|EV|DL|AA|MQ|US|9E|WN|VX
flight = i:1:8500
tailnum = code:N
origin = c:EWR|JFK|LGA
dest = c:ORD|ATL|LAX|BOS|MCO|CLT|SFO|FLL|MIA|DCA|DTW
distance = i:80:4983
time_hour = d:%Y-%m-%dT%H:00:00Z@2013-01-01@364
""", "arr_delay = number:0:40:0", at=8, ask=True, drop=["year", "tailnum"])
table("ENB2012_data.csv", 768, "X1 = f:.62:.98:2\nX2 = f:514:808:1\nX3 = f:245:416:1\nX4 = f:110:220:1\nX5 = c:3.5|7 !2\nX6 = i:2:5\nX7 = c:0.1|0.25|0.4|0\nX8 = i:0:5", "Y1 = number:22:7:2",
      change=lambda r, heads, rows: (heads + ["Y2", "", ""], [[*v, f"{float(v[-1]) + 2 + r.normal(0, 2):.2f}", "", ""] for v in rows]), after=",,,,,,,,,,,\n" * 30, ask=True)
table("avocado.csv", 2500, """
x = i:0:52 !0
Date = d:%Y-%m-%d@2015-01-04@1100
Total Volume = l:11:1:2 !-1
4046 = l:9:1:2
4225 = l:9:1:2
Total Bags = l:9:1:2
type = c:conventional|organic !2
year = c:2015|2016|2017|2018
region = c:Albany|Atlanta|Boise|Boston|Chicago|Dallas|Denver|Detroit|Houston|Miami
""", "AveragePrice = number:1.4:0.25:2", at=2, ask=True, change=lambda r, heads, rows: ([""] + heads[1:], rows))
table("loan_prediction_train.csv", 614, """
Loan_ID = code:LP
Gender = c:Male|Female ~0.02=
Married = c:Yes|No ~0.01=
Dependents = c:0|1|2|3+ ~0.02=
Education = c:Graduate|Not Graduate
Self_Employed = c:No|Yes ~0.05=
ApplicantIncome = l:8.3:0.6:0
CoapplicantIncome = z:8000:0.5
LoanAmount = i:9:700 ~0.04=
Loan_Amount_Term = c:360|180|480|300 ~0.02=
Credit_History = c:1|0 !3 ~0.08=
Property_Area = c:Semiurban|Urban|Rural
""", "Loan_Status = N|Y", skew=[0.31, 0.69], drop=["Loan_ID"])
table("mobile_price_train.csv", 2000, """
battery_power = i:501:1998 !1
blue = c:0|1
clock_speed = f:0.5:3:1
dual_sim = c:1|0
fc = i:0:19
four_g = c:1|0
int_memory = i:2:64
m_dep = f:0.1:1:1
px_height = i:0:1960
ram = i:256:3998 !4
wifi = c:1|0
""", "price_range = 0|1|2|3", skew=[1, 1, 1, 1], noise=0.1)
table("diamonds.csv", 3000, """
row = id
carat = f:0.2:3:2 !3
cut = c:Ideal|Premium|Very Good|Good|Fair
color = c:G|E|F|H|D|I|J
clarity = c:SI1|VS2|SI2|VS1|VVS2|VVS1|IF|I1
depth = f:43:79:1
table = f:43:95:1
x = f:3.7:10:2
y = f:3.7:10:2
z = f:2:6:2
""", "price = number:3932:1500:0", at=7, quote="words", drop=[""], change=lambda r, heads, rows: ([""] + heads[1:], [[f"{v[0]}", *v[1:]] for v in rows]))
table("Concrete_Data.csv", 1030, """
Cement (component 1)(kg in a m^3 mixture) = f:102:540:1 !2
Blast Furnace Slag (component 2)(kg in a m^3 mixture) = f:0:360:1
Water  (component 4)(kg in a m^3 mixture) = f:121:247:1
Superplasticizer (component 5)(kg in a m^3 mixture) = f:0:32:1
Age (day) = c:28|3|7|56|14|90 !2
""", "Concrete compressive strength(MPa, megapascals)  = number:35:12:2")
table("yeast.data", 1484, "name = code:ADT\n" + "\n".join(f"{w} = f:0.1:1:2" for w in ["mcg", "gvh", "alm", "mit", "erl", "pox", "vac", "nuc"]), "loc = CYT|NUC|MIT|ME3|ME2", header=False, quote="none", sep="  ",
      drop=["0"], noise=0.1)
table("letter-recognition.data", 3000, "\n".join(f"c{i} = i:0:15" for i in range(16)), "letter = T|I|D|N|G|S", at=0, header=False, noise=0.1)
table("pendigits.tra", 2000, "\n".join(f"c{i} = i:0:100" for i in range(16)), "digit = 0|1|2|3|4|5|6|7|8|9", skew=[1] * 10, header=False, quote="none", noise=0.02,
      change=lambda r, heads, rows: (heads, [[",".join(f"{v:>3}" for v in row[:-1]) + ", " + row[-1]] for row in rows]))
table("crx.data", 690, """
A1 = c:b|a ~0.02=?
A2 = f:13:80:2 ~0.02=?
A3 = f:0:28:3
A4 = c:u|y|l ~0.01=?
A5 = c:g|p|gg ~0.01=?
A6 = c:c|q|w|i|aa|ff|k|cc
A8 = f:0:28:3
A9 = c:t|f !3
A10 = c:t|f
A11 = i:0:67
A14 = i:0:2000 ~0.02=?
A15 = l:4:2:0
""", "A16 = -|+", skew=[0.55, 0.45], header=False)
table("hepatitis.data", 155, "\n".join(f"a{i} = c:1|2 ~0.05=?" for i in range(10)) + "\nbil = f:0.3:8:2 !2 ~0.04=?\nalk = i:26:295 ~0.2=?\nalb = f:2:6.4:1 !1 ~0.1=?", "class = 1|2", at=0,
      skew=[0.3, 0.7], header=False, noise=0.05)
table("horse-colic.data", 300, """
surgery = c:1|2 ~0.01=?
age = c:1|9
hospital = uid:5000000
temp = f:35.4:40.8:1 ~0.2=?
pulse = i:30:184 !2 ~0.08=?
extremities = c:3|1|2|4 ~0.19=?
pain = c:3|1|2|5|4 !2 ~0.18=?
volume = f:23:75:2 ~0.1=?
protein = f:3.3:89:1 ~0.11=?
""", "outcome = 1|2|3", header=False, sep=" ", quote="none", noise=0.02, ask=True)
table("tips.csv", 244, "total_bill = f:3:50:2 !3\nsex = c:Male|Female\nsmoker = c:No|Yes\nday = c:Sat|Sun|Thur|Fri\ntime = c:Dinner|Lunch\nsize = i:1:6", "tip = number:3:1:2", at=1, ask=True)
table("OnlineNewsPopularity.csv", 2000, "url = code:http//mashable.com/2013/01/07/\n timedelta = i:8:731 !0\n n_tokens_title = i:2:23\n n_tokens_content = i:0:8474\n num_hrefs = i:0:304 !2\n"
      " global_subjectivity = f:0:1:10 !2\n weekday_is_monday = c:0.0|1.0", " shares = number:3395:900:0", sep=", ", quote="none", drop=["url"])
table("seattle-weather.csv", 1461, "date = day:%Y-%m-%d@2012-01-01@24\nprecipitation = f:0:56:1 !2\ntemp_max = f:-1:36:1 !2\ntemp_min = f:-7:18:1\nwind = f:.4:9.5:1", "weather = rain|sun|fog|drizzle|snow",
      skew=[44, 43, 7, 4, 2], noise=0.1)
table("parkinsons.data", 195, "name = code:phon_R01_S\nMDVP:Fo(Hz) = f:88:260:3 !2\nMDVP:Jitter(%) = f:.002:.03:5 !2\nHNR = f:8:33:3\nRPDE = f:.25:.69:6\nspread1 = f:-8:-2:6\nPPE = f:.04:.53:6", "status = 0|1", at=4,
      skew=[0.25, 0.75], drop=["name"], noise=0.05)
table("column_3C.dat", 310, "a = f:26:130:2\nb = f:-6.5:49:2\nc = f:14:126:2\nd = f:13:121:2\ne = f:70:163:2 !1\nf = f:-11:418:2 !3", "class = DH|SL|NO", header=False, sep=" ", quote="none", noise=0.1)
table("haberman.data", 306, "age = i:30:83 !1\nyear = i:58:69\nnodes = z:52:0.5 !3", "status = 1|2", skew=[0.73, 0.27], header=False, noise=0.2)
table("transfusion.data", 748, "Recency (months) = i:0:74 !2\nFrequency (times) = i:1:50 !2\nMonetary (c.c. blood) = i:250:12500\nTime (months) = i:2:98", "whether he/she donated blood in March 2007 = 0|1",
      skew=[0.76, 0.24], end="\r\n", noise=0.2)
table("UniversalBank.csv", 2000, """
ID = id
Age = i:23:67
Experience = i:-3:43
Income = i:8:224 !3
ZIP Code = i:90005:96651 !0
Family = i:1:4
CCAvg = f:0:10:1 !1
Education = i:1:3 !1
Mortgage = z:635:0.3
Securities Account = z:2:0.1
Online = c:1|0
CreditCard = c:0|1
""", "Personal Loan = 0|1", at=9, skew=[0.9, 0.1], ask=True, drop=["ID"])
table("airfoil_self_noise.dat", 1503, "f = c:800|1000|1250|1600|2000|2500|3150|4000 !2\na = f:0:22.2:1\nc = c:0.3048|0.0254|0.1524|0.2286\nv = c:71.3|39.6|55.5|31.7\nd = f:.0004:.0584:8 !2", "dB = number:124:6:3", header=False, sep="\t")
table("indian_liver_patient.csv", 583, "Age = i:4:90\nGender = c:Male|Female\nTotal_Bilirubin = l:0.3:0.9:1 !2\nAlkaline = i:63:2110\nAlbumin = f:0.9:5.5:1 !1\nRatio = f:0.3:2.8:2 ~0.01=", "Dataset = 1|2", skew=[0.71, 0.29], noise=0.2)
table("real_estate.csv", 414, "No = id\nX1 transaction date = c:2013.417|2013.500|2013.083|2012.917|2013.250\nX2 house age = f:0:43.8:1 !-2\nX3 distance to the nearest MRT station = f:23:6488:4 !-3\n"
      "X4 number of convenience stores = i:0:10\nX5 latitude = f:24.93:25.01:5\nX6 longitude = f:121.47:121.57:5", "Y house price of unit area = number:38:11:1", drop=["No"])
table("energydata_complete.csv", 2500, "date = day:%Y-%m-%d %H:%M:%S@2016-01-11@0.1667\nlights = z:60:0.2\nT1 = f:16:26:2 !2\nRH_1 = f:27:63:4\nT_out = f:-5:26:2 !1\nTdewpoint = f:-6.6:15.5:2\nrv1 = f:0:50:8 !0",
      "Appliances = number:98:30:0", at=1, quote="all", ask=True)
table("KDDTrain+.txt", 2500, "duration = z:5000:0.1\nprotocol = c:tcp|udp|icmp !1\nservice = c:http|private|domain_u|smtp|ftp_data|eco_i\nflag = c:SF|S0|REJ|RSTR !2\nsrc = l:5:2:0\ndst = z:9000:0.5\nland = k:0\n"
      "count = i:1:511 !2\nrate = f:0:1:2\nlevel = i:0:21 !0", "class = normal|neptune|satan|ipsweep", at=9, header=False, skew=[53, 33, 8, 6], ask=True, drop=["6"], noise=0.1)
table("covid_dates.csv", 1200, "Order ID = code:CA-2016-\nOrder Date = d:%-m/%-d/%Y %-I:%M %p@2016-01-01@900\nShip Mode = c:Standard Class|Second Class|First Class|Same Day !2\nSegment = c:Consumer|Corporate|Home Office\n"
      "Discount = c:0%|20%|50%|10% !2\nQuantity = i:1:14 !1", "Sales = number:230:60:2", drop=["Order ID"],
      change=lambda r, heads, rows: (heads, [[*v[:-1], "${:,.2f}".format(float(v[-1]) * 10)] for v in rows]))
table("weather_timestamps.csv", 1500, "Formatted Date = day:%Y-%m-%d %H:00:00.000 +0200@2006-04-01@3\nSummary = c:Partly Cloudy|Mostly Cloudy|Overcast|Clear|Foggy\nPrecip Type = c:rain|snow ~0.01=null\nHumidity = f:0:1:2 !2\n"
      "Wind Speed (km/h) = f:0:64:4\nPressure (millibars) = f:980:1046:2 !1\nDaily Summary = free:Partly cloudy throughout the day.|Foggy in the evening.|Clear until night.", "Temperature (C) = number:40:8:12", ask=True, at=2)

with open(os.path.join(folder, "public.json"), "w") as f:
    json.dump(catalog, f, indent=1)
print(len(catalog), "tables")
