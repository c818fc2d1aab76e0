"""Judges the schemas of events by a validator of others: what the door takes must be valid under all of them, and most of what it
refuses must not be."""
import json
import pathlib
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(print('skipped') or 0)

folder = pathlib.Path(sys.argv[1])


def schema(name):
    loaded = json.loads((folder / name).read_text())
    Draft202012Validator.check_schema(loaded)
    return Draft202012Validator(loaded)


usual, strict, invoice = schema('schema'), schema('strict'), schema('invoice')
taken = refused = let_through = 0
wrong = []
for line in (folder / 'events').read_text().splitlines():
    event = json.loads(line[1:])
    valid = usual.is_valid(event)
    if line[0] == '1':
        taken += 1
        if not (valid and strict.is_valid(event)):
            wrong.append(line)
    else:
        refused += 1
        let_through += valid
    if invoice.is_valid(event) != (valid and event['type'] == 'invoice.issued'):
        wrong.append('invoice: ' + line)
    if valid:
        event['data']['copyto'] = []
        if not usual.is_valid(event) or strict.is_valid(event):
            wrong.append('unknown field: ' + line)
print('taken', taken)
print('refused', refused, 'of which a schema cannot say', let_through)
# Addresses, URLs, times, days, base64 and file names are a text like any other to a schema.
if let_through > refused / 4:
    wrong.append('the schema lets too much through')
print('\n'.join(wrong[:10]))
sys.exit(1 if wrong else 0)
