# SPDX-License-Identifier: Apache-2.0
# usage: pass-descriptors.py SOCKET WAY FILES
# Passes descriptors over clamd's protocol, prints what is answered, a line each, then `end`, and waits. FILES is the path of one, or what numbers follow.
import array, os, signal, socket, sys

where, way, files = sys.argv[1:4]
signal.alarm(100)

def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(where)
    s.settimeout(30)
    return s

def send(s, text, *descriptors):
    s.sendmsg([text], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', descriptors))])

def opened(number):
    return os.open(files + str(number), os.O_RDONLY)

kept = []
def answer(s):
    kept.append(s)
    print(s.recv(1000).decode().strip('\0\n'), flush=True)

if way == 'one':
    s = connect(); send(s, b'zFILDES\0x', os.open(files, os.O_RDONLY)); answer(s)
if way == 'memfd':
    memory = os.memfd_create('m'); os.write(memory, open(files, 'rb').read())
    s = connect(); send(s, b'zFILDES\0x', memory); answer(s)
if way == 'pipe':
    s = connect(); send(s, b'zFILDES\0x', os.pipe()[0]); answer(s)
for number in range(8) if way == 'fildes' else ():
    s = connect(); send(s, b'zFILDES\0x', opened(number)); answer(s)
for number in range(8) if way == 'unasked' else ():
    s = connect(); send(s, b'zPING\0', *[opened(number) for _ in range(20)]); answer(s)
for number in range(8) if way == 'left' else ():
    s = connect(); send(s, b'zNONSENSE\0', opened(number)); s.sendall(b'x' * 100)
    try:
        for _ in range(20): send(s, b'x' * 1000, opened(number))
    except BrokenPipeError: pass
    kept.append(s)
for number in range(8) if way == 'nested' else ():
    mine, theirs = socket.socketpair(socket.AF_UNIX)
    send(mine, b'x', opened(number)); mine.close()
    s = connect(); send(s, b'zFILDES\0x', theirs.fileno()); answer(s)
if way == 'linger':
    import struct
    server = socket.create_server(('127.0.0.1', 0))
    s = socket.create_connection(server.getsockname())
    s.setblocking(False)
    try:
        while True: s.send(b'x' * 65536)
    except BlockingIOError: pass
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 600))
    link = connect(); send(link, b'zFILDES\0x', s.fileno()); os.close(s.detach()); answer(link)
if way == 'many':
    for number in range(80):
        s = connect(); send(s, b'zIDSESSION\0zFILDES\0x', opened(number)); kept.append(s)
print('end', flush=True)
signal.pause()
