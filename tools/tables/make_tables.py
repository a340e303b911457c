"""Makes tables that resemble public ones, with what makes public tables hard to read: texts, missing values, dates, no
header, semicolons, decimal commas, identifiers, leaks. The same seed gives the same bytes.

    python make_tables.py FOLDER [SEED]

Needs NumPy 1.24 or later. Writes FOLDER/NAME.csv (or .data, .tsv, .gz) and FOLDER/tables.json: for each table its target,
its task, and how pandas reads it.
"""
import csv, gzip, io, json, os, sys
import numpy as np

folder = sys.argv[1]
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
os.makedirs(folder, exist_ok=True)
catalog = {}


def rng(name):
    return np.random.default_rng([seed, sum(ord(c) * (i + 1) for i, c in enumerate(name))])


def holes(r, values, share, word=""):
    return [word if r.random() < share else v for v in values]


def flag(r, score, noise=1.0):
    """Classes 0 and 1 from a score with logistic noise."""
    score = np.asarray(score, float)
    return (score + noise * r.logistic(size=len(score)) > 0).astype(int)


def write(name, header, columns, target, task, sep=",", decimal=".", ending="csv", pre="", encoding="utf-8", read=None, quote=None,
          end="\n"):
    rows = list(zip(*columns))
    out = io.StringIO()
    out.write(pre)
    w = csv.writer(out, delimiter=sep, lineterminator=end, quoting=csv.QUOTE_MINIMAL if quote is None else quote)
    def text(v):
        if isinstance(v, (float, np.floating)):
            v = f"{v:.6g}"
            return v.replace(".", decimal) if decimal != "." else v
        if isinstance(v, np.generic):
            return v.item()
        return v
    if header:
        w.writerow(header)
    for row in rows:
        w.writerow([text(v) for v in row])
    data = out.getvalue().encode(encoding)
    path = f"{name}.{ending}"
    if ending.endswith("gz"):
        data = gzip.compress(data, mtime=0)
    with open(os.path.join(folder, path), "wb") as f:
        f.write(data)
    catalog[path] = {"target": target, "task": task, "read": read or {"sep": sep, "decimal": decimal}, "rows": len(rows)}


def people(r, n):
    first = ["Anna", "Ben", "Çelik", "Dora", "Émile", "Fritz", "Gül", "Hana", "Ivo", "Jörg"]
    last = ["Adams", "Brown", "Müller", "O'Neil", "García", "Smith", "Wójcik", "Li"]
    return [f"{r.choice(last)}, {r.choice(['Mr.', 'Mrs.', 'Miss.'])} {r.choice(first)} {i}" for i in range(n)]


def titanic(name, n, share=0.2):
    r = rng(name)
    sex = r.choice(["male", "female"], n, p=[0.65, 0.35])
    pclass = r.choice([1, 2, 3], n, p=[0.25, 0.2, 0.55])
    age = np.clip(r.normal(30, 14, n), 0.5, 80).round(1)
    sibsp, parch = r.poisson(0.5, n), r.poisson(0.4, n)
    fare = (r.lognormal(2.2, 0.6, n) * (4 - pclass)).round(4)
    embarked = r.choice(["S", "C", "Q"], n, p=[0.72, 0.19, 0.09])
    score = 2.6 * (sex == "female") - 1.1 * (pclass - 2) - 0.03 * (age - 30) - 0.25 * sibsp + 0.4 * (embarked == "C") - 1.2
    y = flag(r, score, 0.6)
    cabin = [f"{r.choice(list('ABCDE'))}{r.integers(1, 120)}" if p == 1 and r.random() < 0.7 else "" for p in pclass]
    ticket = [f"{r.choice(['', 'PC ', 'A/5 ', 'STON/O2. '])}{r.integers(1000, 400000)}" for _ in range(n)]
    return r, [range(1, n + 1), y, pclass, people(r, n), sex, holes(r, age, share), sibsp, parch, ticket, fare, cabin,
               holes(r, embarked, 0.01)]


TITANIC = ["PassengerId", "Survived", "Pclass", "Name", "Sex", "Age", "SibSp", "Parch", "Ticket", "Fare", "Cabin", "Embarked"]
r, columns = titanic("titanic", 891)
write("titanic", TITANIC, columns, "Survived", "classes")


def adult(name, n, missing="?", header=True, space=" "):
    r = rng(name)
    age = r.integers(17, 90, n)
    work = r.choice(["Private", "Self-emp-not-inc", "Local-gov", "State-gov", "Federal-gov"], n, p=[0.7, 0.1, 0.1, 0.05, 0.05])
    num = r.integers(1, 17, n)
    education = np.array(["Preschool", "1st-4th", "5th-6th", "7th-8th", "9th", "10th", "11th", "12th", "HS-grad", "Some-college",
                          "Assoc-voc", "Assoc-acdm", "Bachelors", "Masters", "Prof-school", "Doctorate"])[num - 1]
    marital = r.choice(["Married-civ-spouse", "Never-married", "Divorced", "Widowed"], n, p=[0.46, 0.33, 0.16, 0.05])
    job = r.choice(["Exec-managerial", "Craft-repair", "Sales", "Adm-clerical", "Other-service", "Prof-specialty"], n)
    sex = r.choice(["Male", "Female"], n, p=[0.67, 0.33])
    gain = np.where(r.random(n) < 0.08, r.integers(100, 20000, n), 0)
    hours = np.clip(r.normal(40, 12, n).round(), 1, 99).astype(int)
    country = r.choice(["United-States", "Mexico", "Philippines", "Germany", "India", "Cuba"], n, p=[0.9, 0.04, 0.02, 0.02, 0.01, 0.01])
    score = 0.03 * (age - 40) - 0.0006 * (age - 45) ** 2 + 0.35 * (num - 10) + 2 * (marital == "Married-civ-spouse") + \
        0.8 * (job == "Exec-managerial") + 0.0004 * gain + 0.03 * (hours - 40) - 2.3
    y = np.where(flag(r, score, 0.8), ">50K", "<=50K")
    s = lambda values: [space + str(v) for v in values]
    return [age, s(holes(r, work, 0.05, missing)), s(r.integers(20000, 500000, n)), s(education), s(num), s(marital),
            s(holes(r, job, 0.05, missing)), s(sex), s(gain), s(hours), s(holes(r, country, 0.02, missing)), s(y)]


ADULT = ["age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation", "sex", "capital_gain",
         "hours_per_week", "native_country", "income"]
write("adult", ADULT, adult("adult", 4000), "income", "classes", read={"sep": ",", "skipinitialspace": True, "na_values": ["?"]})
write("adult_noheader", None, adult("adult2", 3000), "11", "classes", ending="data",
      read={"sep": ",", "header": None, "skipinitialspace": True, "na_values": ["?"]})


def churn(name, n):
    r = rng(name)
    ids = [f"{r.integers(1000, 9999)}-{''.join(r.choice(list('ABCDEFGH'), 5))}" for _ in range(n)]
    tenure = r.integers(0, 73, n)
    contract = r.choice(["Month-to-month", "One year", "Two year"], n, p=[0.55, 0.2, 0.25])
    internet = r.choice(["DSL", "Fiber optic", "No"], n, p=[0.34, 0.44, 0.22])
    yn = lambda p: r.choice(["Yes", "No"], n, p=[p, 1 - p])
    monthly = (20 + 25 * (internet == "DSL") + 50 * (internet == "Fiber optic") + r.uniform(0, 25, n)).round(2)
    total = np.where(tenure == 0, 0, (monthly * tenure).round(2))
    total = [" " if t == 0 else t for t in total]
    pay = r.choice(["Electronic check", "Mailed check", "Bank transfer (automatic)", "Credit card (automatic)"], n)
    score = 1.4 * (contract == "Month-to-month") - 0.05 * tenure + 0.9 * (internet == "Fiber optic") + 0.5 * (pay == "Electronic check") - 0.7
    y = np.where(flag(r, score, 0.7), "Yes", "No")
    return [ids, r.choice(["Female", "Male"], n), r.choice([0, 1], n, p=[0.84, 0.16]), yn(0.5), yn(0.3), tenure, yn(0.9), internet,
            contract, yn(0.6), pay, monthly, total, y]


CHURN = ["customerID", "gender", "SeniorCitizen", "Partner", "Dependents", "tenure", "PhoneService", "InternetService", "Contract",
         "PaperlessBilling", "PaymentMethod", "MonthlyCharges", "TotalCharges", "Churn"]
write("churn", CHURN, churn("churn", 3000), "Churn", "classes")


def heart(name, n):
    r = rng(name)
    age = r.integers(29, 78, n)
    sex, cp = r.choice(["M", "F"], n), r.choice(["ATA", "NAP", "ASY", "TA"], n, p=[0.2, 0.2, 0.55, 0.05])
    bp, chol = r.integers(90, 200, n), r.integers(120, 420, n)
    fbs, ecg = r.choice([0, 1], n, p=[0.8, 0.2]), r.choice(["Normal", "ST", "LVH"], n)
    hr = np.clip(200 - age + r.normal(0, 15, n), 60, 202).astype(int)
    angina, old = r.choice(["Y", "N"], n, p=[0.4, 0.6]), np.abs(r.normal(0, 1.2, n)).round(1)
    score = 1.6 * (cp == "ASY") + 1.1 * (sex == "M") + 1.2 * (angina == "Y") + 0.6 * old + 0.03 * (age - 54) - 2.1
    return [age, sex, cp, bp, chol, fbs, ecg, hr, angina, old, flag(r, score, 0.5)]


HEART = ["Age", "Sex", "ChestPainType", "RestingBP", "Cholesterol", "FastingBS", "RestingECG", "MaxHR", "ExerciseAngina", "Oldpeak",
         "HeartDisease"]
write("heart", HEART, heart("heart", 918), "HeartDisease", "classes")
h = heart("heart_uci", 303)
r = rng("heart_uci_more")
write("heart_uci", None, [[float(v) for v in h[0]], [float(s == "M") for s in h[1]], r.integers(1, 5, 303), h[3], h[4], h[5], h[7], h[9],
      holes(r, r.choice(["0.0", "1.0", "2.0"], 303), 0.02, "?"), h[10]], "9", "classes", ending="data",
      read={"sep": ",", "header": None, "na_values": ["?"]})


def housing(name, n):
    r = rng(name)
    lon, lat = r.uniform(-124, -114, n).round(2), r.uniform(32, 42, n).round(2)
    age, rooms = r.integers(1, 53, n), r.integers(200, 6000, n)
    beds = (rooms * r.uniform(0.15, 0.25, n)).astype(int)
    income = r.lognormal(1.2, 0.4, n).round(4)
    near = r.choice(["<1H OCEAN", "INLAND", "NEAR OCEAN", "NEAR BAY", "ISLAND"], n, p=[0.44, 0.32, 0.13, 0.1, 0.01])
    price = np.clip(45000 * income + 40000 * (near == "NEAR BAY") - 50000 * (near == "INLAND") + 1000 * age + r.normal(0, 25000, n), 15000, 500001).round()
    return [lon, lat, age, rooms, holes(r, beds, 0.02), income, near, price.astype(int)]


HOUSING = ["longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "median_income", "ocean_proximity",
           "median_house_value"]
write("housing", HOUSING, housing("housing", 3000), "median_house_value", "numbers")


def iris(name, n):
    r = rng(name)
    k = np.repeat([0, 1, 2], n // 3)
    r.shuffle(k)
    m = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])[k]
    x = (m + r.normal(0, [0.35, 0.3, 0.3, 0.2], m.shape)).clip(0.1).round(1)
    return x, k


x, k = iris("iris", 150)
IRIS = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
kinds = np.array(["setosa", "versicolor", "virginica"])
write("iris", IRIS, [*x.T, kinds[k]], "species", "classes")
x, k = iris("iris_uci", 150)
write("iris_noheader", None, [*x.T, np.char.add("Iris-", kinds[k])], "4", "classes", ending="data", read={"sep": ",", "header": None})
x, k = iris("iris_kaggle", 150)
write("iris_kaggle", ["Id"] + ["SepalLengthCm", "SepalWidthCm", "PetalLengthCm", "PetalWidthCm", "Species"],
      [range(1, 151), *x.T, np.char.add("Iris-", kinds[k])], "Species", "classes")


def wine(name, n):
    r = rng(name)
    k = r.integers(1, 4, n)
    x = r.normal(0, 1, (n, 6)) + np.outer(k, [1.1, -0.8, 0.5, 1.3, -1, 0.4]) + 10
    return [k, *x.round(2).T, (500 + 200 * (k == 1) + r.normal(0, 60, n)).round().astype(int)]


write("wine_uci", None, wine("wine_uci", 178), "0", "classes", ending="data", read={"sep": ",", "header": None})
r = rng("winequality")
a = r.normal([8, 0.5, 0.3, 2.5, 0.09, 10.4], [1.5, 0.15, 0.15, 1, 0.04, 1], (1200, 6)).clip(0.01)
q = np.clip((5.6 + 0.45 * (a[:, 5] - 10.4) - 2 * (a[:, 1] - 0.5) + r.normal(0, 0.6, 1200)).round(), 3, 8).astype(int)
write("winequality", ["fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides", "alcohol", "quality"],
      [*a.round(3).T, q], "quality", "classes", sep=";")


def german(name, n, thousands=True):
    r = rng(name)
    m2, zimmer = r.uniform(25, 180, n), r.integers(1, 7, n)
    jahr = r.integers(1900, 2023, n)
    miete = 8 * m2 + 120 * zimmer + 2 * (jahr - 1960) + r.normal(0, 90, n) + 200
    def de(v, digits=2):
        whole, dec = f"{v:,.{digits}f}".split(".") if digits else (f"{v:,.0f}", "")
        return whole.replace(",", "." if thousands else "") + ("," + dec if digits else "")
    bezirk = r.choice(["Mitte", "Neukölln", "Köpenick", "Schöneberg", "Spandau"], n)
    datum = [f"{r.integers(1, 29):02d}.{r.integers(1, 13):02d}.{r.integers(2018, 2024)}" for _ in range(n)]
    return [datum, bezirk, [de(v) for v in m2], zimmer, jahr, r.choice(["ja", "nein"], n), [de(v) for v in miete]]


write("miete", ["Datum", "Bezirk", "Fläche", "Zimmer", "Baujahr", "Balkon", "Miete"], german("miete", 1500), "Miete", "numbers", sep=";",
      read={"sep": ";", "decimal": ",", "thousands": "."})
g = german("utf16", 600, thousands=False)
write("excel_utf16", ["Datum", "Bezirk", "Fläche", "Zimmer", "Baujahr", "Balkon", "Miete"], g, "Miete", "numbers", sep="\t", encoding="utf-16",
      end="\r\n", read={"sep": "\t", "decimal": ",", "encoding": "utf-16"})


def bank(name, n):
    r = rng(name)
    job = r.choice(["admin.", "blue-collar", "technician", "services", "management", "retired", "unknown"], n)
    balance, age = r.normal(1400, 2500, n).astype(int), r.integers(18, 90, n)
    month = r.choice(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], n)
    duration = r.exponential(250, n).astype(int)
    score = 0.006 * (duration - 400) + 0.8 * (job == "retired") + 0.5 * (month == "mar") - 1
    return [age, job, r.choice(["married", "single", "divorced"], n), r.choice(["no", "yes"], n, p=[0.98, 0.02]), balance,
            r.choice(["yes", "no"], n), month, duration, r.integers(1, 10, n), np.where(flag(r, score, 0.7), "yes", "no")]


write("bank", ["age", "job", "marital", "default", "balance", "housing", "month", "duration", "campaign", "y"], bank("bank", 4000), "y",
      "classes", sep=";", quote=csv.QUOTE_NONNUMERIC)


def mushrooms(name, n):
    r = rng(name)
    odor = r.choice(list("nfyaslcpm"), n, p=[0.43, 0.27, 0.07, 0.05, 0.07, 0.05, 0.02, 0.03, 0.01])
    y = np.where(np.isin(odor, list("nal")) ^ (r.random(n) < 0.02), "e", "p")
    c = lambda letters: r.choice(list(letters), n)
    return [y, c("bcxfks"), c("fgys"), c("nbcgrpuewy"), odor, c("af"), holes(r, c("bcuezr"), 0.3, "?"), c("knbhrouwy")]


M = ["class", "cap-shape", "cap-surface", "cap-color", "odor", "gill-attachment", "stalk-root", "spore-print-color"]
write("mushrooms", M, mushrooms("mushrooms", 3000), "class", "classes", read={"sep": ",", "na_values": ["?"]})
write("mushrooms_noheader", None, mushrooms("mushrooms2", 2000), "0", "classes", ending="data",
      read={"sep": ",", "header": None, "na_values": ["?"]})


def credit(name, n):
    r = rng(name)
    amount, income = r.lognormal(9, 0.6, n).round(2), r.lognormal(10.8, 0.5, n).round()
    rate, term = r.uniform(5, 25, n).round(2), r.choice([36, 60], n)
    grade = np.array(list("ABCDEFG"))[np.clip(((rate - 5) / 3).astype(int), 0, 6)]
    when = [f"{r.integers(1, 13)}/{r.integers(1, 29)}/{r.integers(2012, 2020)}" for _ in range(n)]
    score = 0.15 * (rate - 15) + 1.2e-5 * (amount - 8000) - 1e-5 * (income - 50000) - 0.9
    status = np.where(flag(r, score, 0.6), "Charged Off", "Fully Paid")
    return [range(10001, 10001 + n), [f"${v:,.2f}" for v in amount], [f"{v}%" for v in rate], [f" {t} months" for t in term], grade,
            [f"${v:,.0f}" for v in income], r.choice(["RENT", "OWN", "MORTGAGE", "OTHER"], n, p=[0.4, 0.1, 0.49, 0.01]), when, status]


write("loans", ["loan_id", "loan_amount", "int_rate", "term", "grade", "annual_inc", "home_ownership", "issue_d", "loan_status"],
      credit("loans", 2500), "loan_status", "classes")


def bikes(name, n):
    r = rng(name)
    day = np.sort(r.integers(0, 730, n))
    hour = r.integers(0, 24, n)
    base = np.datetime64("2011-01-01") + day.astype("timedelta64[D]")
    dt = [f"{str(d)} {hh:02d}:00:00" for d, hh in zip(base, hour)]
    temp = (15 + 10 * np.sin(2 * np.pi * (day - 100) / 365) + r.normal(0, 3, n)).round(2)
    rush = np.exp(-((hour - 8) ** 2) / 4) + np.exp(-((hour - 17.5) ** 2) / 6)
    count = np.clip(40 + 250 * rush + 5 * temp + 0.05 * day + r.normal(0, 25, n), 1, None).astype(int)
    return [dt, r.integers(1, 5, n), r.choice([0, 1], n, p=[0.97, 0.03]), temp, r.uniform(20, 100, n).round(), count]


write("bikes", ["datetime", "weather", "holiday", "temp", "humidity", "count"], bikes("bikes", 4000), "count", "numbers")

r = rng("autompg")
n = 398
cyl = r.choice([4, 6, 8], n, p=[0.5, 0.22, 0.28])
disp = (cyl * 30 + r.normal(0, 20, n)).round(1)
weight = (1500 + 280 * cyl + r.normal(0, 200, n)).round()
hp = (cyl * 18 + r.normal(10, 10, n)).round(1)
year = r.integers(70, 83, n)
mpg = (45 - 0.006 * weight + 0.6 * (year - 70) + r.normal(0, 2, n)).round(1)
names = [f"{r.choice(['ford', 'chevrolet', 'toyota', 'vw'])} {r.choice(['pinto', 'nova', 'corolla', 'rabbit'])} {i}" for i in range(n)]
with open(os.path.join(folder, "autompg.data"), "w") as f:
    for row in zip(mpg, cyl, disp, holes(r, hp, 0.015, "?"), weight, year, names):
        f.write(f"{row[0]:<6}{row[1]:<4}{row[2]:<10}{row[3]:<10}{row[4]:<10}{row[5]:<4}\"{row[6]}\"\n")
catalog["autompg.data"] = {"target": "0", "task": "numbers", "read": {"sep": r"\s+", "header": None, "na_values": ["?"]}, "rows": n}

r = rng("diabetes")
n = 768
x = np.stack([r.poisson(3.8, n), r.normal(120, 30, n), r.normal(69, 12, n), r.normal(32, 7, n), r.integers(21, 70, n)], 1).round(1)
y = flag(r, 0.04 * (x[:, 1] - 130) + 0.08 * (x[:, 3] - 32) + 0.03 * (x[:, 4] - 35) - 0.5, 0.6)
write("diabetes", ["Pregnancies", "Glucose", "BloodPressure", "BMI", "Age", "Outcome"], [*x.T, y], "Outcome", "classes")
write("pima_noheader", None, [x[:, 0].astype(int), x[:, 1].astype(int), x[:, 2].astype(int), x[:, 3], x[:, 4].astype(int), y], "5", "classes",
      read={"sep": ",", "header": None})

r = rng("cancer")
n = 569
y = r.choice(["M", "B"], n, p=[0.37, 0.63])
x = r.normal(0, 1, (n, 10)) + 1.6 * (y == "M")[:, None] * r.uniform(0.3, 1, 10)
write("breast_cancer", ["id", "diagnosis"] + [f"f{i}_mean" for i in range(10)] + [""], [r.integers(8000, 9_000_000, n), y, *x.round(5).T, [""] * n],
      "diagnosis", "classes")

r = rng("spam")
n = 1500
ham = "see you at home later ok thanks love going meet lunch tomorrow call me when".split()
spam = "free win prize claim now urgent cash txt call mobile offer guaranteed".split()
y = r.choice(["ham", "spam"], n, p=[0.8, 0.2])
text = [" ".join(r.choice(spam if (k == "spam") ^ (r.random() < 0.25) else ham, r.integers(5, 18))).capitalize() + r.choice([".", "!", "", "?"]) + f" {i}"
        for i, k in enumerate(y)]
write("spam", ["label", "message"], [y, text], "label", "classes")
write("spam_tsv", None, [y, text], "0", "classes", sep="\t", ending="tsv", read={"sep": "\t", "header": None})

r = rng("reviews")
n = 1200
stars = r.integers(1, 6, n)
good, bad = "great excellent love perfect nice best comfortable".split(), "bad awful broken terrible poor worst cheap".split()
text = [" ".join(r.choice(good if r.random() < (s - 1) / 4 else bad, 1)[0] if r.random() < 0.6 else r.choice(["the", "dress", "fits", "color", "size"])
                 for _ in range(12)) + f" {i}" for i, s in enumerate(stars)]
write("reviews", ["Review ID", "Age", "Review Text", "Division", "Rating"], [range(n), r.integers(18, 80, n), text,
      holes(r, r.choice(["General", "Petite", "Intimates"], n), 0.02), stars], "Rating", "classes")

r = rng("fraud")
n = 5000
v = r.normal(0, 1, (n, 5))
y = flag(r, 2.5 * v[:, 0] - 2 * v[:, 1] - 7.5, 0.7)
write("fraud", ["Time", "V1", "V2", "V3", "V4", "V5", "Amount", "Class"], [np.sort(r.integers(0, 170000, n)), *v.round(6).T, r.exponential(80, n).round(2), y],
      "Class", "classes", quote=csv.QUOTE_ALL)

r = rng("hr")
n = 1470
age, income = r.integers(18, 60, n), r.integers(1000, 20000, n)
over = r.choice(["Yes", "No"], n, p=[0.3, 0.7])
y = np.where(flag(r, 1.3 * (over == "Yes") - 0.05 * (age - 36) - 1e-4 * (income - 6500) - 1.6, 0.6), "Yes", "No")
write("attrition", ["Age", "Attrition", "BusinessTravel", "Department", "EmployeeCount", "EmployeeNumber", "MonthlyIncome", "Over18", "OverTime", "StandardHours"],
      [age, y, r.choice(["Travel_Rarely", "Travel_Frequently", "Non-Travel"], n), r.choice(["Sales", "R&D", "HR"], n), [1] * n, range(1, n + 1), income,
       ["Y"] * n, over, [80] * n], "Attrition", "classes")

r = rng("abalone")
n = 2000
length = r.uniform(0.1, 0.8, n).round(3)
w = (length ** 3 * 4 + r.normal(0, 0.05, n)).clip(0.002).round(4)
rings = np.clip((6 + 4 * w + 5 * length + r.normal(0, 1.5, n)).round(), 1, 29).astype(int)
write("abalone", ["Sex", "Length", "Weight", "Rings"], [r.choice(list("MFI"), n), length, w, rings], "Rings", "numbers")
write("abalone_noheader", None, [r.choice(list("MFI"), n), length, w, rings], "3", "numbers", ending="data", read={"sep": ",", "header": None})

r = rng("stroke")
n = 3000
age = r.uniform(1, 82, n).round(1)
bmi = r.normal(28, 7, n).round(1)
smoke = r.choice(["never smoked", "formerly smoked", "smokes", "Unknown"], n)
y = flag(r, 0.09 * (age - 70) + 0.5 * (smoke == "smokes") - 2.2, 0.6)
write("stroke", ["id", "gender", "age", "hypertension", "ever_married", "work_type", "bmi", "smoking_status", "stroke"],
      [r.permutation(70000)[:n], r.choice(["Male", "Female", "Other"], n, p=[0.41, 0.5898, 0.0002]), age, r.choice([0, 1], n, p=[0.9, 0.1]),
       r.choice(["Yes", "No"], n), r.choice(["Private", "Self-employed", "Govt_job", "children"], n), holes(r, bmi, 0.04, "N/A"), smoke, y],
      "stroke", "classes")

r = rng("insurance")
n = 1338
age, bmi, smoker = r.integers(18, 65, n), r.normal(30.6, 6, n).round(3), r.choice(["yes", "no"], n, p=[0.2, 0.8])
charges = (250 * age + 300 * (bmi - 30) + 23000 * (smoker == "yes") + r.normal(0, 3000, n) + 3000).clip(1100).round(4)
write("insurance", ["age", "sex", "bmi", "children", "smoker", "region", "charges"],
      [age, r.choice(["female", "male"], n), bmi, r.poisson(1.1, n), smoker, r.choice(["southwest", "southeast", "northwest", "northeast"], n), charges],
      "charges", "numbers")

r = rng("weather")
n = 3000
day = np.datetime64("2010-01-01") + np.arange(n).astype("timedelta64[D]")
hum, pres = r.uniform(10, 100, n).round(), r.normal(1015, 7, n).round(1)
rain = np.where(flag(r, 0.06 * (hum - 70) - 0.12 * (pres - 1015) - 0.5, 0.6), "Yes", "No")
wind = r.choice(["N", "NE", "E", "SE", "S", "SW", "W", "NW"], n)
write("weather", ["Date", "Location", "MinTemp", "Humidity", "Pressure", "WindDir", "RainToday", "RainTomorrow"],
      [[str(d) for d in day], r.choice(["Albury", "Sydney", "Perth", "Darwin"], n), holes(r, r.normal(12, 6, n).round(1), 0.03, "NA"), holes(r, hum, 0.02, "NA"),
       holes(r, pres, 0.1, "NA"), holes(r, wind, 0.05, "NA"), holes(r, r.choice(["Yes", "No"], n, p=[0.2, 0.8]), 0.02, "NA"), holes(r, rain, 0.02, "NA")],
      "RainTomorrow", "classes")

r = rng("airbnb")
n = 2500
room = r.choice(["Entire home/apt", "Private room", "Shared room"], n, p=[0.52, 0.45, 0.03])
hood = r.choice([f"Quarter {i}" for i in range(120)], n)
worth = dict((f"Quarter {i}", v) for i, v in enumerate(r.normal(0, 40, 120)))
price = np.clip(90 + 80 * (room == "Entire home/apt") + np.array([worth[h] for h in hood]) + r.normal(0, 20, n), 10, None).round().astype(int)
write("airbnb", ["id", "name", "host_id", "neighbourhood", "latitude", "longitude", "room_type", "minimum_nights", "last_review", "reviews_per_month", "price"],
      [r.permutation(10 ** 7)[:n], [f"Nice flat {i} by the park" for i in range(n)], r.integers(1000, 9 * 10 ** 6, n), hood, r.uniform(40.5, 40.9, n).round(5),
       r.uniform(-74.2, -73.7, n).round(5), room, r.integers(1, 30, n), holes(r, [f"{r.integers(2016, 2020)}-{r.integers(1, 13):02d}-{r.integers(1, 29):02d}" for _ in range(n)], 0.2),
       holes(r, r.exponential(1.3, n).round(2), 0.2), price], "price", "numbers")

r = rng("students")
n = 649
study, fails, g1 = r.integers(1, 5, n), r.poisson(0.3, n), r.integers(3, 19, n)
g3 = np.clip((g1 + 0.5 * study - fails + r.normal(0, 1.2, n)).round(), 0, 20).astype(int)
write("students", ["school", "sex", "age", "address", "studytime", "failures", "schoolsup", "higher", "absences", "G1", "G3"],
      [r.choice(["GP", "MS"], n), r.choice(["F", "M"], n), r.integers(15, 22, n), r.choice(["U", "R"], n), study, fails, r.choice(["yes", "no"], n),
       r.choice(["yes", "no"], n), r.poisson(4, n), g1, g3], "G3", "numbers", sep=";", quote=csv.QUOTE_NONNUMERIC)

r = rng("cars")
n = 1728
buying, safety, persons = r.choice(["vhigh", "high", "med", "low"], n), r.choice(["low", "med", "high"], n), r.choice(["2", "4", "more"], n)
score = np.array([{"vhigh": -1, "high": -0.5, "med": 0.5, "low": 1}[b] for b in buying]) + np.array([{"low": -3, "med": 0, "high": 1}[s] for s in safety]) - 3 * (persons == "2") + r.normal(0, 0.3, n)
cls = np.select([score < -0.5, score < 0.7, score < 1.6], ["unacc", "acc", "good"], "vgood")
write("car_evaluation", None, [buying, r.choice(["vhigh", "high", "med", "low"], n), r.choice(["2", "3", "4", "5more"], n), persons, r.choice(["small", "med", "big"], n), safety, cls],
      "6", "classes", ending="data", read={"sep": ",", "header": None})

r = rng("glass")
n = 214
k = r.choice([1, 2, 3, 5, 6, 7], n)
x = r.normal(0, 0.5, (n, 5)) + np.outer(k, [0.3, -0.2, 0.4, 0.1, -0.3]) + 8
write("glass", ["RI", "Na", "Mg", "Al", "Si", "Type"], [*x.round(4).T, k], "Type", "classes")

r = rng("gz")
r2, columns = titanic("titanic_gz", 600, 0.1)
write("titanic_small", TITANIC, columns, "Survived", "classes", ending="csv.gz")

r = rng("sales")
n = 1000
when = [f"{r.integers(2018, 2024)}-{r.integers(1, 13):02d}-{r.integers(1, 29):02d}T{r.integers(0, 24):02d}:{r.integers(0, 60):02d}:00" for _ in range(n)]
store, promo = r.choice(["North", "South", "Östra"], n), r.choice([True, False], n)
sold = (100 + 40 * promo + 30 * (store == "North") + 20 * np.array([int(w[11:13]) in (17, 18) for w in when]) + r.normal(0, 10, n)).round(2)
write("sales", ["when", "store", "promo", "discount", "sold"], [when, store, promo, [f"{v:.0f}%" for v in r.uniform(0, 50, n)], sold], "sold", "numbers",
      pre="# exported by a shop\n# all amounts in EUR\n")

r = rng("sensor")
n = 900
x = r.normal(0, 1, (n, 4)).cumsum(0) / 20 + r.normal(0, 1, (n, 4))
y = np.where(x[:, 0] + x[:, 1] > 0, "OK", "FAIL")
write("sensors", ["timestamp", "t1", "t2", "t3", "t4", "unit", "state"], [range(1_600_000_000, 1_600_000_000 + 60 * n, 60), *[holes(r, c, 0.05, "-") for c in x.round(4).T], ["C"] * n, y],
      "state", "classes", sep="|")

with open(os.path.join(folder, "tables.json"), "w") as f:
    json.dump(catalog, f, indent=1)
print(len(catalog), "tables")
