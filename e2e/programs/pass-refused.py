# SPDX-License-Identifier: Apache-2.0
# usage: pass-refused.py SOCKET FILE
# A user of the VM who has as many clients as he may. A hundred more pass FILE, and then something is written to it that stays in the kernel's memory: of the clients
# whoever closes FILE last waits for its file system. Prints `full` when a client is refused, waits for a line, prints `passed` when the hundred have passed it.
import array, os, resource, signal, socket, sys

where, path = sys.argv[1:3]
signal.alarm(100)
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
written = os.open(path, os.O_RDWR)
files = [os.open(path, os.O_RDONLY) for _ in range(100)]
os.setgroups([]); os.setgid(65533); os.setuid(65533)


def connect():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(60)
    s.connect(where)
    return s


def is_served(s):
    try:
        s.sendall(b"zIDSESSION\0zPING\0")
        return s.recv(100) != b""
    except OSError:
        return False


kept = [connect()]
while is_served(kept[-1]):
    kept.append(connect())
print(f"full {len(kept) - 1}", flush=True)
sys.stdin.readline()
for file in files:
    s = connect()
    s.sendmsg([b"zFILDES\0x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))])
    os.close(file)
    kept.append(s)
os.write(written, b"y")
print("passed", flush=True)
signal.pause()
