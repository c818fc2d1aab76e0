"""Asks Python's email package and python3-dkim what they make of signed messages.

usage: verify.py FOLDER

FOLDER holds NAME.eml, for some of them NAME.json (what a reader must get back: subject, to_name, text, html, and perhaps
filename and bytes in base64), and records.json (the published keys). One line a message goes out: NAME, a TAB, and "ok" or what
is wrong. Exit status 77: python3-dkim is not installed.
"""
import json
import pathlib
import sys

sys.dont_write_bytecode = True
from reader import read_back

try:
    import dkim
except ImportError:
    sys.exit(77)


def verify(raw, records):
    message = dkim.DKIM(raw)
    found = []
    for index in range(sum(name.lower() == b"dkim-signature" for name, _ in message.headers)):
        try:
            if not message.verify(index, dnsfunc=lambda name, timeout=5: records[name.decode().rstrip(".")].encode()):
                found.append(f"signature {index} does not hold")
        except dkim.DKIMException as refusal:
            found.append(f"signature {index}: {refusal}")
    return found


def main():
    folder = pathlib.Path(sys.argv[1])
    records = json.loads((folder / "records.json").read_text())
    for path in sorted(folder.glob("*.eml")):
        raw = path.read_bytes()
        expected = path.with_suffix(".json")
        found = verify(raw, records)
        if expected.exists():
            found += read_back(raw, json.loads(expected.read_text(encoding="utf-8")))
        print(path.stem, "; ".join(found) or "ok", sep="\t")


main()
