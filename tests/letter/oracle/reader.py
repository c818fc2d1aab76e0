"""Asks Python's email package what it makes of messages.

usage: reader.py FOLDER

FOLDER holds NAME.eml, for some of them NAME.json (what a reader must get back: subject, to_name, text, html, and perhaps
filename and bytes in base64). One line a message goes out: NAME, a TAB, and "ok" or what is wrong.
"""
import base64
import email
import email.header
import email.policy
import email.utils
import json
import pathlib
import sys


def defects(part):
    found = [repr(defect) for defect in part.defects]
    for name, value in part.items():
        found += [f"{name}: {defect!r}" for defect in value.defects]
    for inner in part.iter_parts() if part.is_multipart() else []:
        found += defects(inner)
    return found


def unix(text):
    return text.replace("\r\n", "\n")


def display_name(raw):
    # The newer parser of Python 3.11 leaves a space between adjacent encoded words in a phrase; the older one does not.
    field = email.message_from_bytes(raw)["To"]
    return str(email.header.make_header(email.header.decode_header(email.utils.parseaddr(field)[0])))


def read_back(raw, expected):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    found = defects(message)
    values = {
        "subject": str(message["Subject"]),
        "to_name": display_name(raw),
        "text": unix(message.get_body(("plain",)).get_content()),
        "html": unix(message.get_body(("html",)).get_content()),
    }
    for attachment in message.iter_attachments():
        values["filename"] = attachment.get_filename()
        values["bytes"] = base64.b64encode(attachment.get_content()).decode()
    for name, value in expected.items():
        if values.get(name) != unix(value):
            found.append(f"{name} is {values.get(name)!r:.120}, expected {value!r:.120}")
    return found


def main():
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
        expected = path.with_suffix(".json")
        values = json.loads(expected.read_text(encoding="utf-8")) if expected.exists() else {}
        print(path.stem, "; ".join(read_back(path.read_bytes(), values)) or "ok", sep="\t")


if __name__ == "__main__":
    main()
