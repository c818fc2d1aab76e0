"""What the benches of the watch share: a daemon with many units, each with a domain of its own, and knotd with their records."""
import json
import os
import pathlib
import re
import socket
import subprocess
import time

here = pathlib.Path(__file__).resolve().parents[2]
units_an_account = 100
selectors = ('key1', 'key2')


def free_port(kind=socket.SOCK_DGRAM):
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def name_of(number):
    return f'd{number:05}.kunder.example'


def write_settings(folder, program, domains, dns_port, relay_port=9, more=''):
    """Settings of so many units; the zone lines to publish, by selector. `more`: further sections of ilbud.toml."""
    (folder / 'accounts').mkdir()
    published = {}
    for selector in selectors:
        made = subprocess.run([program, 'dkim', 'new-key', '--json', '--out', folder / f'{selector}.pem', '--selector', selector,
                               '--target', f'{selector}._domainkey.platform.example'], check=True, capture_output=True, text=True)
        published[selector] = json.loads(made.stdout)['zone']
    (folder / 'ilbud.toml').write_text(f'''
[platform]
templates = "{here}/templates"
[intake]
socket = "run/events.sock"
control = "run/control.sock"
[queue]
folder = "queue"
[delivery]
helo_name = "mail.platform.example"
[[delivery.relay]]
name = "nobody"
host = "127.0.0.1"
port = {relay_port}
tls = "none"
[dkim]
active = "{selectors[0]}"
''' + ''.join(f'[[dkim.selector]]\nname = "{name}"\ntarget = "{name}._domainkey.platform.example"\n'
              + (f'key_file = "{name}.pem"\n' if name == selectors[0] else '') for name in selectors)
        + f'[dns]\nservers = ["127.0.0.1@{dns_port}"]\ntrust_anchor = ""\n' + more)
    for first in range(0, domains, units_an_account):
        numbers = range(first, min(first + units_an_account, domains))
        (folder / f'accounts/a{first:05}.toml').write_text(
            f'[account]\nid = "a{first}"\nemail = "drift@{name_of(first)}"\ncontact_email = "it@{name_of(first)}"\n'
            + ''.join(f'[[customer_service]]\nid = "s{n}"\nname = "Service"\nsupport_email = "service@{name_of(n)}"\n'
                      f'self_service_url = "https://{name_of(n)}/"\n[[unit]]\nid = "u{n}"\nname = "Avis {n}"\ncustomer_service = "s{n}"\n'
                      f'invoice_email = "faktura@{name_of(n)}"\n' for n in numbers))
    return published


def write_zone(folder, published, numbers, ttl, serial=1):
    """The zone: the platform's key, and the records of the domains `numbers`."""
    zone = [f'$ORIGIN example.\n$TTL {ttl}\n@ SOA ns.example. h.example. {serial} 3600 900 86400 {min(ttl, 300)}\n@ NS ns\nns A 127.0.0.1\n']
    zone += [f'{selector}._domainkey.d{n:05}.kunder CNAME {selector}._domainkey.platform\n' for n in numbers for selector in selectors]
    zone.append(re.sub(r'^\S+', f'{selectors[0]}._domainkey.platform', published[selectors[0]].strip()) + '\n')
    (folder / 'example.zone').write_text(''.join(zone))


def start_knot(folder, port):
    (folder / 'db').mkdir()
    (folder / 'knot.conf').write_text(f'''server:
  rundir: "{folder}"
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
database:
  storage: "{folder}/db"
statistics:
  timer: 1
  file: "{folder}/stats.yaml"
  append: on
mod-stats:
  - id: default
    request-protocol: on
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    journal-content: none
    global-module: mod-stats/default
zone:
  - domain: example
    file: example.zone
log:
  - target: stderr
    any: warning
''')
    knot = subprocess.Popen(['knotd', '-c', folder / 'knot.conf'], env=dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin'))
    time.sleep(2)
    return knot


def start_daemon(program, folder):
    """Returns when it answers."""
    with open(folder / 'log', 'w') as log:
        daemon = subprocess.Popen([program, 'serve', '--config', folder / 'ilbud.toml'], stdout=log, stderr=log)
    while status(program, folder) is None:
        if daemon.poll() is not None:
            raise SystemExit((folder / 'log').read_text())
        time.sleep(0.1)
    return daemon


def status(program, folder):
    asked = subprocess.run([program, 'status', '--json', '--config', folder / 'ilbud.toml'], capture_output=True, text=True)
    return json.loads(asked.stdout) if asked.returncode == 0 and asked.stdout else None


def cpu_of(stat):
    fields = pathlib.Path(stat).read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def cpu_seconds(pid):
    return cpu_of(f'/proc/{pid}/stat')


def thread_seconds(pid):
    """By thread id; that of the main thread is `pid`."""
    return {int(task.name): cpu_of(task / 'stat') for task in pathlib.Path(f'/proc/{pid}/task').iterdir()}


def end(*processes):
    for process in processes:
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait()
