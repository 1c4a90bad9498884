# SPDX-License-Identifier: Apache-2.0
# usage: pass-descriptors.py SOCKET WAY FILES
# Passes descriptors over clamd's protocol, prints what is answered, a line each, then `end`, and waits. FILES is the path of one, or what numbers follow.
import array, os, resource, signal, socket, struct, sys, threading

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

# To close it lasts 600 s, or until the other end goes.
def lingering():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    server.bind(('127.0.0.1', 0))
    server.listen(1)
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    s.connect(server.getsockname())
    s.setblocking(False)
    try:
        while True: s.send(b'x' * 65536)
    except BlockingIOError: pass
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 600))
    kept.append(server)
    return s

# As a user of the VM: 700 clients, of which each passes a file that is not to be closed. None waits for an answer; the socket may be full.
def flood(openOne):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    passed = [openOne(number) for number in range(700)]
    os.setgroups([]); os.setgid(65533); os.setuid(65533)
    for one in passed:
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(1)
        try:
            s.connect(where)
            send(s, b'zFILDES\0x', one if isinstance(one, int) else one.fileno())
        except OSError: pass
        # Who closes it last waits: mostly the door, sometimes we.
        if not isinstance(one, int): threading.Thread(target=os.close, args=(one.detach(),), daemon=True).start()
        kept.append(s)

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
    s = lingering(); link = connect(); send(link, b'zFILDES\0x', s.fileno()); os.close(s.detach()); answer(link)
if way == 'many':
    for number in range(80):
        s = connect(); send(s, b'zIDSESSION\0zFILDES\0x', opened(number)); kept.append(s)
if way == 'flood': flood(lambda number: opened(number % 100))
if way == 'flood-linger': flood(lambda number: lingering())
print('end', flush=True)
signal.pause()
