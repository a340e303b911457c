"""Opens the pages that Cellar writes in headless Chromium: no error in the console, no request, names for screen readers, keys.

usage: browser_test.py BIN FOLDER     needs Chromium (Debian: chromium) and Python 3; BIN has trainer, registry and infer

Pages are made in FOLDER, of models with 2, 10 and 40 classes and of a regression, and screenshots of them, light and dark, in
FOLDER/shots.
"""

import base64
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
failures = []


def expect(what, true, detail=""):
    print(f"  {'ok  ' if true else 'FAIL'} {what}{'' if true or not detail else ': ' + str(detail)[:300]}")
    if not true:
        failures.append(what)


class Browser:
    """Chromium over its DevTools protocol, through two pipes."""

    def __init__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not program:
            sys.exit("browser-test: needs Chromium (Debian: apt-get install chromium)")
        self.profile = tempfile.mkdtemp()
        read, self.output = os.pipe()
        self.input, write = os.pipe()

        def prepare():
            # dup2 to itself would keep the close-on-exec flag, so both go far up first.
            high_read, high_write = os.dup2(read, 203), os.dup2(write, 204)
            os.dup2(high_read, 3)
            os.dup2(high_write, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
             "--no-first-run", "--disable-background-networking", f"--user-data-dir={self.profile}"],
            preexec_fn=prepare, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(read)
        os.close(write)
        self.stream = os.fdopen(self.input, "rb")
        self.number, self.events = 0, []
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.send(f"{domain}.enable")

    def receive(self):
        message = bytearray()
        while (byte := self.stream.read(1)) not in (b"\0", b""):
            message += byte
        if not message:
            raise RuntimeError("Chromium has ended")
        return json.loads(message)

    def call(self, method, parameters=None, session=None):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def send(self, method, **parameters):
        return self.call(method, parameters, self.session)

    def value(self, expression):
        return self.send("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def open(self, page):
        self.events.clear()
        self.send("Page.navigate", url=page.as_uri())
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self.receive())

    def media(self, scheme, kind="screen"):
        self.send("Emulation.setEmulatedMedia", media=kind, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path, width=1000, most=9000):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        height = min(most, int(self.value("document.documentElement.scrollHeight")))
        shot = self.send(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True,
            clip={"x": 0, "y": 0, "width": width, "height": height, "scale": 1})
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def check(browser, page, shots):
    print(page)
    name = page.parent.name + "-" + page.stem
    browser.media("light")
    browser.open(page)
    browser.value("document.querySelectorAll('details').forEach(d => d.open = true)")
    problems = [e["params"] for e in browser.events if e.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")]
    expect("no message in the console", not problems, problems)
    urls = [e["params"]["request"]["url"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
    others = [u for u in urls if u != page.as_uri() and not u.startswith("data:")]
    expect("no request but for the page itself", not others, others)
    expect("a language, a title and a heading", browser.value("document.documentElement.lang && document.title && document.querySelectorAll('h1').length == 1"))
    pictures = browser.value("document.querySelectorAll('figure > svg').length")
    expect(f"{pictures} pictures, each with a name", pictures == browser.value(
        "[...document.querySelectorAll('figure > svg')].filter(s => (s.getAttribute('aria-label') || s.querySelector('title')?.textContent || '').length > 3).length"))
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    roles = [(n.get("role", {}).get("value"), n.get("name", {}).get("value", "")) for n in nodes if not n.get("ignored")]
    unnamed = [r for r in roles if r[0] in ("img", "image", "link", "button", "table", "region", "columnheader", "rowheader") and not r[1].strip()]
    # The corner of a table has no name.
    expect("pictures, links, tables and heads have names for screen readers", not [r for r in unnamed if r[0] not in ("columnheader", "rowheader")], unnamed[:5])
    expect("headings are in order", browser.value(
        "(() => { let last = 0; for (const h of document.querySelectorAll('h1,h2,h3,h4')) { const n = +h.tagName[1]; if (n > last + 1) return false; last = n } return true })()"))
    ids = browser.value("[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.getElementById(a.getAttribute('href').slice(1))).length")
    expect("links within the page lead somewhere", ids == 0)
    expect("ids are unique", browser.value("(() => { const all = [...document.querySelectorAll('[id]')].map(e => e.id); return new Set(all).size == all.length })()"))
    seen = set()
    for _ in range(12):
        for kind in ("keyDown", "keyUp"):
            browser.send("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        seen.add(browser.value("document.activeElement.outerHTML.slice(0, 60)"))
    expect("keys reach its parts", len(seen) >= 3, seen)
    for width in (1000, 600):
        browser.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        wide = browser.value("document.documentElement.scrollWidth")
        expect(f"no wider than a window of {width}", wide <= width, wide)
    browser.screenshot(shots / f"{name}-light.png")
    light = browser.value("getComputedStyle(document.body).backgroundColor")
    browser.media("dark")
    browser.screenshot(shots / f"{name}-dark.png")
    expect("dark where the reader's system is", browser.value("getComputedStyle(document.body).backgroundColor") != light)
    browser.media("dark", "print")
    expect("light on paper", browser.value("getComputedStyle(document.body).backgroundColor") == light)
    browser.media("light")


def run(program, *arguments, cwd):
    done = subprocess.run([program, *map(str, arguments)], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"browser-test: {program} {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def make_pages(bin_folder, folder):
    infer, trainer, registry = (str(bin_folder / name) for name in ("infer", "trainer", "registry"))
    store = folder / "store"
    many = random.Random(3)
    names = ["ordinary", "a class with a name that is far too long for any axis", "日本語のクラス", "פילוח", "<b>bold</b> & more"]
    names += [f"class {i:02}" for i in range(35)]
    with open(folder / "forty.csv", "w", encoding="utf-8") as table:
        table.write("x,y,z,label\n")
        for row in range(1600):
            label = row % 40
            table.write(f"{label % 7 + many.gauss(0, .35):.3f},{label // 7 + many.gauss(0, .35):.3f},{many.gauss(0, 1):.3f},{names[label]}\n")
    (folder / "forty.yaml").write_text(
        "name: forty\ndata: { csv: forty.csv, target: label, split: { test: 0.25, validation: 0.25, random_state: 1 }, preprocess: [StandardScaler] }\n"
        "model:\n  - Dense: { units: 32, activation: relu }\n  - Dense: { units: 40, activation: softmax }\n"
        "compile: { optimizer: { Adam: { learning_rate: 0.02 } }, loss: sparse_categorical_crossentropy, metrics: [accuracy] }\n"
        "fit: { epochs: 25, batch_size: 32, seed: 1 }\n")
    with open(folder / "line.csv", "w", encoding="utf-8") as table:
        table.write("a,b,y\n")
        for _ in range(400):
            a, b = many.gauss(0, 1), many.gauss(0, 1)
            table.write(f"{a:.4f},{b:.4f},{2 * a - b + many.gauss(0, .3):.4f}\n")
    (folder / "line.yaml").write_text(
        "name: line\ndata: { csv: line.csv, target: y, split: { test: 0.25, validation: 0.25, random_state: 1 } }\n"
        "model:\n  - Dense: { units: 8, activation: relu }\n  - Dense: { units: 1 }\n"
        "compile: { optimizer: { Adam: { learning_rate: 0.02 } }, loss: mse }\nfit: { epochs: 20, batch_size: 32, seed: 1 }\n")
    for name in ("forty", "line"):
        run(trainer, "fit", f"{name}.yaml", "--store", store, cwd=folder)
        run(infer, "evaluate", f"{name}.csv", "--split", "test", "--model", name, "--store", store, "--report", folder / name, cwd=folder)
    models = root / "models"
    run(infer, "evaluate", root / "data/wine.csv", "--split", "test", "--model", "wine", "--store", models, "--report", folder / "wine", cwd=folder)
    run(infer, "evaluate", root / "data/mnist", "--model", "mnist", "--store", models, "--report", folder / "mnist", cwd=folder)
    run(infer, "evaluate", root / "data/mnist", "--model", "mnist", "--model", "mnist-bn", "--store", models, "--report", folder / "two", cwd=folder)
    (folder / "card").mkdir(exist_ok=True)
    run(registry, "card", "mnist", "--store", models, "-o", folder / "card/card.html", cwd=folder)
    pages = [folder / f"{name}/report.html" for name in ("wine", "mnist", "forty", "line", "two")] + [folder / "card/card.html"]
    explored = subprocess.run([trainer, "explore", "--help"], capture_output=True, text=True)
    if explored.returncode == 0 and "--html" in explored.stdout:
        for name, data in (("explore-wine", root / "data/wine.csv"), ("explore-mnist", root / "data/mnist")):
            (folder / name).mkdir(exist_ok=True)
            run(trainer, "explore", data, "--html", folder / name / "explore.html", cwd=folder)
            pages.append(folder / name / "explore.html")
    return pages


if __name__ == "__main__":
    bin_folder, folder = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    shots = folder / "shots"
    shots.mkdir(parents=True, exist_ok=True)
    pages = make_pages(bin_folder, folder)
    browser = Browser()
    try:
        for page in pages:
            check(browser, page, shots)
    finally:
        browser.close()
    print(f"{len(failures)} failures" if failures else f"{len(pages)} pages are as they should be")
    sys.exit(bool(failures))
