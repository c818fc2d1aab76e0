"""Runs a command as a unit's [Service] would have it run, without systemd: user, limits, file systems, system calls.

sandbox.py UNIT [--write DIR] … [--show DIR] … -- COMMAND …
--write  stays writable: what StateDirectory= and RuntimeDirectory= give;  --show  stays visible below /tmp, read-only
Exit status 77: this machine does not let us. Options of the unit that have no place here are named in `left_out`; one that is in
neither list ends the run, so that a new one is thought of.
"""
import ctypes
import os
import re
import resource
import struct
import subprocess
import sys

SERVICE_UID = 65534
left_out = {  # told by other tests, or of systemd's own affairs
    'Type', 'ExecStart', 'ExecReload', 'Restart', 'RestartSec', 'WatchdogSec', 'TimeoutStartSec', 'TimeoutStopSec', 'User',
    'Group', 'RuntimeDirectory', 'StateDirectory', 'StateDirectoryMode', 'RemoveIPC', 'AmbientCapabilities', 'ProtectHostname',
    'ProtectClock', 'ProtectKernelTunables', 'ProtectKernelModules', 'ProtectKernelLogs', 'ProtectControlGroups', 'PrivateMounts'}
NEW_NS, BIND, REMOUNT, RDONLY, REC, PRIVATE = 0x20000, 0x1000, 0x20, 0x1, 0x4000, 0x40000
ALLOW, ERRNO = 0x7fff0000, 0x50000
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f'{name}: {os.strerror(ctypes.get_errno())}')


def mount(source, target, kind, flags, data=None):
    text = [None if t is None else str(t).encode() for t in (source, target, kind, data)]
    call('mount', text[0], text[1], text[2], flags, text[3])


def read_unit(path):
    options, section = {}, None
    for line in open(path):
        line = line.strip()
        if line.startswith('['):
            section = line
        elif section == '[Service]' and line and line[0] not in '#;':
            name, value = line.split('=', 1)
            options.setdefault(name, []).append(value)
    return options


def expand(group):
    """The system calls of a group, as the installed systemd has them."""
    command = ['systemd-analyze', '--no-pager', 'syscall-filter', group]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = set()
    for word in re.findall(r'^    (\S+)', out, re.M):
        if word.startswith('@'):
            names |= expand(word)
        elif word != '#':
            names.add(word)
    return names


def numbers():
    header = open('/usr/include/x86_64-linux-gnu/asm/unistd_64.h').read()
    return {name: int(number) for name, number in re.findall(r'#define __NR_(\w+) (\d+)', header)}


def filter_of(options):
    allowed = set()
    for line in options.pop('SystemCallFilter'):
        names = set()
        for word in line.lstrip('~').split():
            names |= expand(word) if word.startswith('@') else {word}
        allowed = allowed - names if line.startswith('~') else allowed | names
    assert options.pop('SystemCallErrorNumber') == ['EPERM']
    assert options.pop('SystemCallArchitectures') == ['native']
    by_name = numbers()
    code = []

    def statement(op, value, yes=0, no=0):
        code.append(struct.pack('HBBI', op, yes, no, value))

    load, equal, masked, give = 0x20, 0x15, 0x45, 0x06  # BPF_LD|W|ABS, BPF_JEQ, BPF_JSET, BPF_RET

    def refuse_if(call_name, argument, jumps, error=1):
        """`jumps`: statements after loading the argument, each (op, value); all must hold for it to be refused."""
        statement(load, 0)
        statement(equal, by_name[call_name], 0, 2 + len(jumps))
        statement(load, 16 + 8 * argument)
        for i, (op, value) in enumerate(jumps):
            statement(op, value, 0, len(jumps) - i)
        statement(give, ERRNO | error)

    families = options.pop('RestrictAddressFamilies')[0].split()
    kept = {'AF_UNIX': 1, 'AF_INET': 2, 'AF_INET6': 10}
    statement(load, 0)
    statement(equal, by_name['socket'], 0, 3 + len(families))
    statement(load, 16)
    for i, family in enumerate(families):
        statement(equal, kept[family], len(families) - i, 0)
    statement(give, ERRNO | 97)  # EAFNOSUPPORT
    statement(load, 0)
    if options.pop('MemoryDenyWriteExecute') == ['yes']:
        refuse_if('mmap', 2, [(masked, 2), (masked, 4)])
        refuse_if('mprotect', 2, [(masked, 4)])
        refuse_if('pkey_mprotect', 2, [(masked, 4)])
    if options.pop('RestrictNamespaces') == ['yes']:
        refuse_if('unshare', 0, [(masked, 0x7e020000)])
        refuse_if('clone', 0, [(masked, 0x7e020000)])
        allowed -= {'setns'}
    if options.pop('RestrictSUIDSGID') == ['yes']:
        for name, argument in (('chmod', 1), ('fchmod', 1), ('fchmodat', 2), ('open', 2), ('openat', 3), ('mkdir', 1),
                               ('mkdirat', 2)):
            refuse_if(name, argument, [(masked, 0o6000)])
    if options.pop('RestrictRealtime') == ['yes']:
        allowed -= {'sched_setscheduler', 'sched_setattr'}
    if options.pop('LockPersonality') == ['yes']:
        allowed -= {'personality'}
    statement(load, 0)
    for name in sorted(allowed):
        if name in by_name:
            statement(equal, by_name[name], 0, 1)
            statement(give, ALLOW)
    statement(give, ERRNO | 1)
    return b''.join(code), len(code)


def hide_files(options, writable, shown):
    call('unshare', NEW_NS)
    mount(None, '/', None, REC | PRIVATE)
    if options.pop('ProtectSystem') == ['strict']:
        for line in open('/proc/self/mountinfo').read().splitlines():
            place = line.split()[4].encode().decode('unicode_escape')
            try:
                mount(None, place, None, BIND | REMOUNT | RDONLY)
            except OSError:
                pass  # of another user's namespace, or hidden
    kept = [(path, os.open(path, os.O_PATH)) for path in shown + writable]
    if options.pop('PrivateTmp') == ['yes']:
        mount('tmpfs', '/tmp', 'tmpfs', 0, 'mode=1777')
    if options.pop('ProtectHome') == ['yes']:
        for home in ('/home', '/root', '/run/user'):
            if os.path.isdir(home):
                mount('tmpfs', home, 'tmpfs', RDONLY, 'mode=000')
    for path, there in kept:
        if not os.path.isdir(path):
            os.makedirs(path)
        mount(f'/proc/self/fd/{there}', path, None, BIND | REC)
        mount(None, path, None, BIND | REMOUNT | (0 if path in writable else RDONLY))
        os.close(there)
    if options.pop('PrivateDevices') == ['yes']:
        devices = [(name, os.open(f'/dev/{name}', os.O_PATH)) for name in ('null', 'zero', 'full', 'random', 'urandom')]
        mount('tmpfs', '/dev', 'tmpfs', 0, 'mode=755')
        for name, there in devices:
            open(f'/dev/{name}', 'w').close()
            mount(f'/proc/self/fd/{there}', f'/dev/{name}', None, BIND)
        os.symlink('/proc/self/fd', '/dev/fd')
    subset = options.pop('ProcSubset'), options.pop('ProtectProc')
    assert subset == (['pid'], ['invisible'])
    mount('proc', '/proc', 'proc', 0, 'hidepid=invisible,subset=pid')


def main():
    unit, *rest = sys.argv[1:]
    split = rest.index('--')
    pairs = list(zip(rest[:split:2], rest[1:split:2]))
    writable = [path for option, path in pairs if option == '--write']
    shown = [path for option, path in pairs if option == '--show']
    options = read_unit(unit)
    try:
        code, length = filter_of(options)
        hide_files(options, writable, shown)
    except (OSError, subprocess.CalledProcessError) as failure:
        print(f'sandbox: {failure}', file=sys.stderr)
        sys.exit(77)
    files = int(options.pop('LimitNOFILE')[0])
    files = min(files, resource.getrlimit(resource.RLIMIT_NOFILE)[1])  # a container may not give more
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, files), files))
    os.umask(int(options.pop('UMask')[0], 8))
    assert options.pop('CapabilityBoundingSet') == [''] and options.pop('NoNewPrivileges') == ['yes']
    for capability in range(41):
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
    assert not set(options) - left_out, set(options) - left_out
    os.setgroups([])
    os.setresgid(SERVICE_UID, SERVICE_UID, SERVICE_UID)
    os.setresuid(SERVICE_UID, SERVICE_UID, SERVICE_UID)
    call('prctl', 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_void_p)]

    program = Program(length, ctypes.addressof(buffer))
    os.chdir('/')
    call('prctl', 22, 2, ctypes.byref(program), 0, 0)  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    os.execv(rest[split + 1], rest[split + 1:])


main()
