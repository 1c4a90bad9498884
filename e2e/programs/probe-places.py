# SPDX-License-Identifier: Apache-2.0
# Tries, as the user that it runs as, everything that could hold up or reach the owner of each path of standard input (NUL between them):
# open, list, read lock, flock, connect. Prints one JSON array of what succeeded. With the argument "hold" it keeps its locks until it is killed.
import fcntl, json, os, socket, stat, struct, sys, time

held = []


def open_path(path, flags):
    held.append(os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK))
    return held[-1]


def read_lock(path):
    fcntl.fcntl(open_path(path, os.O_RDONLY), fcntl.F_SETLK, struct.pack("hhqqi", fcntl.F_RDLCK, 0, 0, 0, 0))


def connect(path):
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        one = socket.socket(socket.AF_UNIX, kind)
        try:
            one.connect(path)
            return
        except OSError as error:
            if error.errno != 91:  # EPROTOTYPE: the other kind
                raise
    raise OSError("no kind of socket")


WAYS = {
    "read": lambda path: open_path(path, os.O_RDONLY),
    "write": lambda path: open_path(path, os.O_WRONLY),
    "list": os.listdir,
    "read-lock": read_lock,
    "flock": lambda path: fcntl.flock(open_path(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB),
    "connect": connect,
}
done = []
for raw in sys.stdin.buffer.read().split(b"\0"):
    for way, attempt in WAYS.items() if raw else ():
        try:
            attempt(os.fsdecode(raw))
            done.append([way, os.fsdecode(raw)])
        except OSError:
            pass
print(json.dumps(done), flush=True)
while sys.argv[1:] == ["hold"]:
    time.sleep(3600)
