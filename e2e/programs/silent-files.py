# SPDX-License-Identifier: Apache-2.0
# usage: silent-files.py DIRECTORY WORD NUMBER [USER]
# A file system in user space, as any user may mount one where /dev/fuse is open to him: files `file0` to `file99`, of which each answers NUMBER requests WORD
# (`attributes`, `open`, `read`, `close` or `write`; of its directory `list` or `lookup`) and then none. With `write` what is
# written stays in the kernel's memory, until somebody closes the file last: he waits for it. Prints a line when it is mounted:
# as root's or as that user's, and open to all (`user_allow_other` of fuse.conf).
import ctypes, os, stat, struct, sys

directory, silent, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
LOOKUP, FORGET, ATTRIBUTES, SET_ATTRIBUTES, OPEN, READ, WRITE, RELEASE, FLUSH, INIT, OPENDIR, LIST, RELEASEDIR, INTERRUPT, BATCH_FORGET, NO_SUCH_CALL = 1, 2, 3, 4, 14, 15, 16, 18, 25, 26, 27, 28, 29, 36, 42, 38
WORDS = {ATTRIBUTES: 'attributes', OPEN: 'open', READ: 'read', WRITE: 'write', FLUSH: 'close', LIST: 'list', LOOKUP: 'lookup'}
DIRECT_IO, WRITE_BACK = 1, 1 << 16

libc = ctypes.CDLL(None, use_errno=True)
device = os.open('/dev/fuse', os.O_RDWR)
user = sys.argv[4] if len(sys.argv) > 4 else None
options = f'fd={device},rootmode=40000,user_id={user or 0},group_id={user or 0},allow_other'.encode()
if libc.mount(b'silent', directory.encode(), b'fuse', 0, options) != 0:
    raise OSError(ctypes.get_errno(), 'mount')
print('mounted', flush=True)

def attributes(node):
    mode = stat.S_IFDIR | 0o755 if node == 1 else stat.S_IFREG | 0o644
    return struct.pack('<6Q10I', node, 4096, 8, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

def answer_to(kind, node, body):
    if kind == INIT: return struct.pack('<IIIIHHIIHHII', 7, 31, 65536, WRITE_BACK if silent == 'write' else 0, 16, 12, 65536, 1, 0, 0, 0, 0) + bytes(24)
    if kind == LOOKUP:
        number = 2 + int(body.rstrip(b'\0').removeprefix(b'file'))
        return struct.pack('<4Q2I', number, 0, 100, 0, 0, 0) + attributes(number)
    if kind in (ATTRIBUTES, SET_ATTRIBUTES): return struct.pack('<QII', 0, 0, 0) + attributes(node)
    if kind in (OPEN, OPENDIR): return struct.pack('<QII', 1, DIRECT_IO if kind == OPEN and silent != 'write' else 0, 0)
    if kind == READ:
        begin, room = struct.unpack_from('<QI', body, 8)
        return b'x' * max(0, min(4096 - begin, room))
    if kind == LIST:
        begin, = struct.unpack_from('<Q', body, 8)
        names = [f'file{number}'.encode() for number in range(10)]
        entry = lambda index: struct.pack('<QQII', 2 + index, index + 1, len(names[index]), stat.S_IFREG >> 12) + names[index].ljust(8, b'\0')
        return b''.join(entry(index) for index in range(begin, 10))
    return b'' if kind in (RELEASE, FLUSH, RELEASEDIR) else None

asked = {}
while True:
    request = os.read(device, 1 << 20)
    _, kind, number, node = struct.unpack_from('<IIQQ', request)
    asked[kind, node] = asked.get((kind, node), 0) + 1
    if kind in (FORGET, BATCH_FORGET, INTERRUPT) or ((node > 1 or kind in (LIST, LOOKUP)) and WORDS.get(kind) == silent and asked[kind, node] > most): continue
    answer = answer_to(kind, node, request[40:])
    os.write(device, struct.pack('<IiQ', 16 + len(answer or b''), 0 if answer is not None else -NO_SUCH_CALL, number) + (answer or b''))
