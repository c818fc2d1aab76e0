"""Verifies every message of a Maildir against the keys that were published when it arrived, and a while later.
Usage: verify_history.py MAILDIR HISTORY LATER CNAMES.json
HISTORY is what record_keys.py wrote; LATER is the time in seconds that a message may be on its way; CNAMES.json says where the
customers' names lead to. python3-dkim judges each message at both times, OpenDKIM at its arrival. Prints one line of counts."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import dkim

maildir, history_file, later, cnames_file = sys.argv[1:]
history = [json.loads(line) for line in open(history_file)]
cnames = json.load(open(cnames_file))


def published(at):
    keys = {}
    for time, name, record in history:
        if time <= at:
            keys[name] = record
    return keys


def selector_name(message):
    """The name at which the first signature's key is looked for."""
    field = message.split(b'\r\n\r\n')[0].replace(b'\r\n\t', b' ').replace(b'\r\n ', b' ')
    for line in field.split(b'\r\n'):
        if line.lower().startswith(b'dkim-signature:'):
            tags = dict(tag.strip().split(b'=', 1) for tag in line.split(b':', 1)[1].split(b';') if b'=' in tag)
            return (tags[b's'] + b'._domainkey.' + tags[b'd']).decode()
    return None


def python_says(message, keys):
    def lookup(name, timeout=5):
        name = (name.decode() if isinstance(name, bytes) else name).rstrip('.')
        return keys.get(cnames.get(name, name), '').encode()
    try:
        return dkim.verify(message, dnsfunc=lookup)
    except dkim.DKIMException:
        return False


def opendkim_says(files, keys):
    """How many of `files` verify, all judged with `keys`."""
    program = shutil.which('opendkim', path=os.environ.get('PATH', '') + ':/usr/sbin')
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'keys'), 'w') as out:
            for name, target in cnames.items():
                if keys.get(target, '').split('p=')[-1]:
                    out.write('%s %s\n' % (name, keys[target]))
        with open(os.path.join(folder, 'conf'), 'w') as out:
            out.write('TestPublicKeys %s/keys\nMode v\nMinimumKeyBits 2048\n' % folder)
        good = 0
        for at in range(0, len(files), 200):
            names = ','.join(files[at:at + 200])
            said = subprocess.run([program, '-vv', '-x', os.path.join(folder, 'conf'), '-t', names], cwd=os.path.join(maildir, 'new'),
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
            good += said.count('dkim=pass')
    return good


unsigned = invalid = later_invalid = 0
selectors, groups = {}, {}
names = sorted(os.listdir(os.path.join(maildir, 'new')))
for name in names:
    path = os.path.join(maildir, 'new', name)
    arrived = os.stat(path).st_mtime
    message = open(path, 'rb').read().replace(b'\r\n', b'\n').replace(b'\n', b'\r\n')
    signer = selector_name(message)
    if signer is None:
        unsigned += 1
        print('unsigned:', name)
        continue
    selectors[signer] = selectors.get(signer, 0) + 1
    keys = published(arrived)
    groups.setdefault(json.dumps(keys, sort_keys=True), []).append(name)
    if not python_says(message, keys):
        invalid += 1
        print('invalid at its arrival:', name, signer, arrived)
    elif not python_says(message, published(arrived + float(later))):
        later_invalid += 1
        print('invalid later:', name, signer, arrived)
opendkim = 'absent'
if shutil.which('opendkim', path=os.environ.get('PATH', '') + ':/usr/sbin'):
    opendkim = str(sum(opendkim_says(files, json.loads(keys)) for keys, files in groups.items()))
print(json.dumps({'mails': len(names), 'unsigned': unsigned, 'invalid': invalid, 'invalid_later': later_invalid, 'opendkim': opendkim,
                  'signers': selectors, 'changes': len(history)}))
