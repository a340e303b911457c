"""Compares signatures with OpenSSF Model Signing's reference tool (model-signing 1.1.1 and pyOpenSSL from PyPI).

usage: signing.py FOLDER_WITH_CELLAR [golden OUT]

Both directions: a version that `registry sign` signed is verified by the tool, and a file that the tool signed by `registry
verify --require-signature`; changed files, bundles and other keys are refused by both. With `golden`, writes the bundles
that Tests/RegistryTests/SignatureTests.swift contains.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOOL = [sys.executable, "-m", "model_signing"]


def run(*words, ok=True):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if (done.returncode == 0) != ok:
        sys.exit(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def make_key(folder, name):
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", private)
    run("openssl", "ec", "-in", private, "-pubout", "-out", public)
    return private, public


def golden(out, folder):
    private, public = make_key(folder, "golden")
    eight = folder / "golden8.pem"
    run("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", private, "-out", eight)
    model = folder / "model"
    model.mkdir()
    (model / "model.h5").write_text("cellar")
    (model / "notes.txt").write_text("more")
    run(*TOOL, "sign", "key", model / "model.h5", "--private_key", private, "--signature", folder / "file.sig")
    run(*TOOL, "sign", "key", model, "--private_key", eight, "--signature", folder / "folder.sig")
    names = ["golden.pem", "golden8.pem", "golden.pub", "file.sig", "folder.sig"]
    pathlib.Path(out).write_text(json.dumps({n: (folder / n).read_text() for n in names}, indent=1))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if sys.argv[2:3] == ["golden"]:
            return golden(sys.argv[3], folder)
        registry = pathlib.Path(sys.argv[1]) / "registry"
        store = folder / "models"
        shutil.copytree(pathlib.Path(__file__).parents[2] / "models", store)
        os.environ["CELLAR_STORE"] = str(store)
        private, public = make_key(folder, "ours")
        _, other = make_key(folder, "other")
        file = store / json.loads(run(registry, "show", "wine:1", "--json"))["file"]
        signature = pathlib.Path(f"{file}.sig")

        run(registry, "sign", "wine:1", "--key", private)
        verify = [*TOOL, "verify", "key", file, "--signature", signature, "--public_key"]
        run(*verify, public)
        run(*verify, other, ok=False)
        ours = [registry, "verify", "--quick", "--require-signature", "wine:1", "--public-key"]
        run(*ours, public)
        run(*ours, other, ok=False)

        run(*TOOL, "sign", "key", file, "--private_key", private, "--signature", signature)
        run(*ours, public)
        text = signature.read_text()
        # What is signed, and the signature; the rest of the bundle says only which key to take.
        envelope = json.loads(text)["dsseEnvelope"]
        parts = [envelope["payload"], envelope["signatures"][0]["sig"]]
        for change in [text.index(part) + i for part in parts for i in range(0, len(part) - 2, 23)]:
            bad = text[:change] + chr(ord(text[change]) ^ 1) + text[change + 1:]
            signature.write_text(bad)
            theirs = subprocess.run([*map(str, verify), str(public)], capture_output=True).returncode
            mine = subprocess.run([*map(str, ours), str(public)], capture_output=True).returncode
            if mine == 0 or theirs == 0:
                sys.exit(f"accepted with character {change} changed (ours {mine}, theirs {theirs})\n{bad}")
        print("signatures agree with the reference tool")


main()
