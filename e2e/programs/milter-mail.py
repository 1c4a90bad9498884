# SPDX-License-Identifier: Apache-2.0
# usage: milter-mail.py SOCKET < MESSAGE
# A mail server as a milter sees it: hands one message over, and prints a line for each answer that counts: what is done with it, and headers that are added.
import socket, struct, sys

PIECE = 65535
CONTINUE, PROGRESS = b"c", b"p"
# Of the negotiation: steps that the milter leaves out, and steps that it does not answer.
LEFT_OUT = {b"C": 0x1, b"H": 0x2, b"M": 0x4, b"R": 0x8, b"B": 0x10, b"L": 0x20, b"N": 0x40}
NOT_ANSWERED = {b"L": 0x80, b"C": 0x1000, b"H": 0x2000, b"M": 0x4000, b"R": 0x8000, b"N": 0x40000, b"B": 0x80000}

s = socket.socket(socket.AF_UNIX)
s.settimeout(120)
s.connect(sys.argv[1])
file = s.makefile("rb")


def send(command, data=b""):
    s.sendall(struct.pack("!I", 1 + len(data)) + command + data)


def read():
    length, = struct.unpack("!I", file.read(4))
    packet = file.read(length)
    return packet[:1], packet[1:]


send(b"O", struct.pack("!III", 6, 0x1FF, 0x1FFFFF))
word, chosen = read()
assert word == b"O", word
steps = struct.unpack("!III", chosen[:12])[2]


def say(command, data=b""):
    """False: it is decided."""
    if steps & LEFT_OUT.get(command, 0):
        return True
    send(command, data)
    if steps & NOT_ANSWERED.get(command, 0):
        return True
    while True:
        word, data = read()
        if word in (CONTINUE, b"s"):
            return True
        if word == PROGRESS:
            continue
        if word in (b"h", b"i", b"m"):
            print("header", data.lstrip(b"\0\1\2\3").replace(b"\0", b" ").decode().strip())
            continue
        print({b"a": "accept", b"r": "reject", b"t": "defer", b"d": "discard"}.get(word, ""), data.rstrip(b"\0").decode(), flush=True)
        return False


head, body = sys.stdin.buffer.read().split(b"\n\n", 1)
talk = [(b"C", b"mail.example\0" + b"4" + struct.pack("!H", 40000) + b"192.0.2.1\0"), (b"H", b"mail.example\0")]
talk += [(b"M", b"<a@mail.example>\0"), (b"R", b"<b@here.example>\0")]
talk += [(b"L", line.replace(b": ", b"\0", 1) + b"\0") for line in head.split(b"\n")] + [(b"N", b"")]
body = body.replace(b"\n", b"\r\n")
talk += [(b"B", body[at : at + PIECE]) for at in range(0, len(body), PIECE)] + [(b"E", b"")]
if all(say(*one) for one in talk):
    print("continue", flush=True)
