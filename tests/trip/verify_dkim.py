"""Verifies the DKIM signature of every message in a folder. Usage: verify_dkim.py FOLDER KEY.json
KEY.json is what `ilbud dkim new-key --json` wrote: its record stands for what the customer's CNAME leads to."""
import json
import os
import sys

import dkim

folder, key = sys.argv[1:]
record = json.load(open(key))['record'].encode()
valid = invalid = 0
for name in sorted(os.listdir(folder)):
    message = open(os.path.join(folder, name), 'rb').read()
    if dkim.verify(message, dnsfunc=lambda name, timeout=5: record):
        valid += 1
    else:
        invalid += 1
        print('invalid:', name)
print('%d valid, %d invalid' % (valid, invalid))
