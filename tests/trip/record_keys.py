"""Writes down what stands at TXT names, whenever it changes. Usage: record_keys.py PORT NAME...
Asks the authoritative server on 127.0.0.1 fifty times a second. One JSON line a change: [time, name, record or ""]. Goes on until it
is killed."""
import json
import sys
import time

import dns.message
import dns.query
import dns.rdatatype

port, names = int(sys.argv[1]), sys.argv[2:]
known = {}
while True:
    time.sleep(0.02)
    for name in names:
        try:
            answer = dns.query.udp(dns.message.make_query(name, 'TXT'), '127.0.0.1', timeout=2, port=port)
        except Exception:
            continue
        texts = [b''.join(record.strings).decode() for rrset in answer.answer if rrset.rdtype == dns.rdatatype.TXT for record in rrset]
        record = texts[0] if len(texts) == 1 else ''
        if known.get(name) != record:
            known[name] = record
            print(json.dumps([time.time(), name, record]), flush=True)
