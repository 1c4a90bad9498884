# SPDX-License-Identifier: Apache-2.0
# usage: clamd-python-client.py SOCKET FILE …
# Speaks clamd's protocol the way Python's libraries of it do: a connection for each command, `n` before it, the stream in small chunks, the answer read until a
# line's end, and taken apart by words. Prints what it made of each answer.
import re, socket, struct, sys

ANSWER = re.compile(r"^(?P<path>.*): (?:(?P<name>\S+) )?(?P<status>FOUND|OK|(?:.* )?ERROR)$")


class Clamd:
    def __init__(self, path):
        self.path = path

    def _open(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(60)
        s.connect(self.path)
        return s

    def _line(self, s):
        with s.makefile("rb") as file:
            return file.readline().decode().strip()

    def _all(self, s):
        with s.makefile("rb") as file:
            return file.read().decode().splitlines()

    def simple(self, command):
        with self._open() as s:
            s.sendall(b"n%s\n" % command)
            return self._line(s)

    def scan(self, command, path):
        with self._open() as s:
            s.sendall(b"n%s %s\n" % (command, path.encode()))
            return sorted(map(self._parse, self._all(s)))

    def stream(self, file):
        with self._open() as s:
            s.sendall(b"nINSTREAM\n")
            while chunk := file.read(1024):
                s.sendall(struct.pack("!L", len(chunk)) + chunk)
            s.sendall(struct.pack("!L", 0))
            return self._parse(self._line(s))

    def session(self, paths):
        with self._open() as s:
            s.sendall(b"nIDSESSION\n")
            for path in paths:
                s.sendall(b"nSCAN %s\n" % path.encode())
            s.sendall(b"nEND\n")
            return sorted((line.split(": ", 1)[0], self._parse(line.split(": ", 1)[1])) for line in self._all(s))

    def _parse(self, line):
        match = ANSWER.match(line)
        return (match["path"], match["name"] or "", match["status"]) if match else ("", "", line)


clamd, files = Clamd(sys.argv[1]), sys.argv[2:]
print(clamd.simple(b"PING"), clamd.simple(b"RELOAD"), bool(re.match(r"\w+ \d+\.\d+", clamd.simple(b"VERSION"))))
for command in (b"SCAN", b"CONTSCAN", b"MULTISCAN"):
    for file in files:
        print(command.decode(), clamd.scan(command, file))
print(clamd.session(files))
for file in files:
    try:
        with open(file, "rb") as opened:
            print("INSTREAM", clamd.stream(opened))
    except OSError as error:
        print("INSTREAM", file, error.strerror)
