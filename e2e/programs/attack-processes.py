# SPDX-License-Identifier: Apache-2.0
# As the user that it runs as: signals, ptrace, memory, /proc and scheduling of each process of the arguments, and each key (`key:SERIAL`). Prints one line
# for each that succeeded, and `done`.
import ctypes, errno, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
class Part(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('bytes', ctypes.c_size_t)]
def tell(pid, way): print(pid, way, flush=True)
def write(name): return lambda pid: open(f'/proc/{pid}/{name}', 'wb', 0).write(b'15')
def written(pid):
    space = ctypes.create_string_buffer(8)
    return libc.process_vm_writev(pid, ctypes.byref(Part(ctypes.addressof(space), 8)), 1, ctypes.byref(Part(0x400000, 8)), 1, 0)
OTHERS = {
    'process_vm_writev': written,
    'prlimit': lambda pid: libc.prlimit(pid, 7, ctypes.create_string_buffer(b'\0' * 16, 16), None),
    'read limits': lambda pid: libc.prlimit(pid, 7, None, ctypes.create_string_buffer(16)),
    'priority': lambda pid: libc.setpriority(0, pid, 19),
    'scheduler': lambda pid: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
    'ioprio_set': lambda pid: libc.syscall(251, 1, pid, 3 << 13),
    'oom_score_adj': write('oom_score_adj'),
    'coredump_filter': write('coredump_filter'),
    'clear_refs': write('clear_refs'),
    'timerslack': write('timerslack_ns'),
    'pidfd_send_signal': lambda pid: libc.syscall(424, os.pidfd_open(pid), 9, None, 0),
    'pidfd_getfd': lambda pid: libc.syscall(438, os.pidfd_open(pid), 0, 0),
    'kcmp': lambda pid: libc.syscall(312, os.getpid(), pid, 0, 0, 0),
    'migrate_pages': lambda pid: libc.syscall(256, pid, 64, ctypes.byref(ctypes.c_ulong(1)), ctypes.byref(ctypes.c_ulong(1))),
    'setns': lambda pid: libc.setns(os.pidfd_open(pid), 0x40000000),
}
def keyctl(*arguments): return libc.syscall(250, *arguments)
READ, LINK, DESCRIBE, SETPERM, OWN_SESSION = 11, 8, 6, 5, -3
for key in [int(one[4:]) for one in sys.argv[1:] if one.startswith('key:')]:
    space = ctypes.create_string_buffer(64)
    for way, number in (('keyctl read', READ), ('keyctl describe', DESCRIBE)):
        if keyctl(number, key, space, 64, 0) >= 0: tell(key, way)
    if keyctl(LINK, key, OWN_SESSION) >= 0: tell(key, 'keyctl link')
    if keyctl(SETPERM, key, 0x3f3f3f3f) >= 0: tell(key, 'keyctl setperm')
for pid in [int(one) for one in sys.argv[1:] if one.isdigit()]:
    for number in (0, signal.SIGCONT): # neither harms: that they are refused says that no other arrives
        try: os.kill(pid, number); tell(pid, number)
        except OSError: pass
    for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGSEGV, signal.SIGKILL):
        try: os.kill(pid, number); tell(pid, number)
        except OSError: pass
    if libc.ptrace(16, pid, None, None) == 0: tell(pid, 'PTRACE_ATTACH')
    if libc.ptrace(0x4206, pid, None, None) == 0: tell(pid, 'PTRACE_SEIZE')
    space = ctypes.create_string_buffer(8)
    mine, its = Part(ctypes.addressof(space), 8), Part(0x400000, 8)
    if libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(its), 1, 0) >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ESRCH): tell(pid, 'process_vm_readv')
    for name in ('mem', 'maps', 'smaps', 'environ', 'auxv', 'stack', 'syscall', 'personality', 'io', 'pagemap', 'fd', 'fdinfo', 'map_files', 'root', 'cwd'):
        try: os.listdir(f'/proc/{pid}/{name}') if name in ('fd', 'fdinfo', 'map_files', 'root', 'cwd') else open(f'/proc/{pid}/{name}').read(1); tell(pid, name)
        except OSError: pass
    for name in ('exe', 'cwd', 'root', 'ns/mnt'):
        try: os.readlink(f'/proc/{pid}/{name}'); tell(pid, 'link ' + name)
        except OSError: pass
    try: os.sched_setaffinity(pid, {0}); tell(pid, 'affinity')
    except OSError: pass
    for way, attempt in OTHERS.items():
        ctypes.set_errno(0)
        try:
            if attempt(pid) not in (None, -1): tell(pid, way)
        except OSError: pass
print('done')
