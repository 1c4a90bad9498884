# SPDX-License-Identifier: Apache-2.0
# Makes random files, and tells all that can be seen of files: a reader that shares no code with the product.
#   round-trip.py make DIRECTORY SEED COUNT YEARS   YEARS: ext4, far or any – what the file system can hold
#   round-trip.py look   reads paths as hexadecimal digits from standard input; prints one JSON object, by path in base64
import base64, ctypes, ctypes.util, errno, fcntl, hashlib, json, os, random, struct, subprocess, sys

LIBC = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
LIBC.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
GETFLAGS, SETFLAGS, FSGETXATTR, FSSETXATTR = 0x80086601, 0x40086602, 0x801C581F, 0x401C5820
# What chattr can set, and what the kernel alone does; extents (0x80000) and inline data are its own business.
SEEN_FLAGS = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x40 | 0x80 | 0x400 | 0x800 | 0x4000 | 0x8000 | 0x100000 | 0x800000
SIZES = [0, 1, 511, 4096, 65535, 65536, 65537, 1 << 20, (3 << 20) + 17, 60 << 20, 200 << 20, 6 << 30]


def flags_of(fd):
    try:
        return struct.unpack("I", fcntl.ioctl(fd, GETFLAGS, b"\0" * 4))[0]
    except OSError:
        return 0


def attempt(step, *arguments):
    try:
        step(*arguments)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOTTY, errno.EPERM, errno.ENOSPC):
            raise


def set_flags(fd, draw):
    for bit in (0x40, 0x80, 0x8, 0x4000):  # no dump, no access time, synchronous, journalled
        if draw.random() < 0.2:
            attempt(fcntl.ioctl, fd, SETFLAGS, struct.pack("I", flags_of(fd) | bit))


def set_first(fd, draw):
    """What only an empty file takes: no copy on write or compression, an extent size hint, a project."""
    chosen = draw.choice([0, 0, 0, 0x800000, 0x4])
    if chosen:
        attempt(fcntl.ioctl, fd, SETFLAGS, struct.pack("I", flags_of(fd) | chosen))
    extent, project = draw.choice([0, 0, 65536]), draw.choice([0, 0, 7, 4_000_000_000])
    try:
        facts = list(struct.unpack("5I8x", fcntl.ioctl(fd, FSGETXATTR, b"\0" * 28)))
    except OSError:
        return
    for index, value, flag in ((1, extent, 0x800), (3, project, 0)):
        changed = list(facts)
        changed[index] = value
        changed[0] |= flag if value else 0
        try:
            fcntl.ioctl(fd, FSSETXATTR, struct.pack("5I8x", *changed))
            facts = changed
        except OSError:
            pass


def fill(fd, size, draw):
    os.ftruncate(fd, size)
    if size == 0:
        return
    kind = draw.choice(["dense", "sparse", "sparse", "reserved", "empty"])
    if kind == "dense" and size <= 4 << 20:
        os.pwrite(fd, draw.randbytes(size), 0)
        return
    if kind == "reserved":
        for _ in range(draw.randint(1, 3)):
            at = draw.randrange(size)
            LIBC.fallocate(fd, 1, at, min(draw.choice([4096, 300_000, 2_000_000]), size - at) or 1)
    if kind == "reserved" and draw.random() < 0.3:
        LIBC.fallocate(fd, 1, size, 262_144)  # room behind the end
    if kind != "empty":
        for _ in range(draw.randint(1, 40)):
            at = draw.randrange(size)
            if draw.random() < 0.5:
                at -= at % 4096
            os.pwrite(fd, draw.randbytes(min(draw.choice([1, 100, 4096, 70_000]), size - at)), at)


def set_attributes(path, draw):
    for number in range(draw.choice([0, 0, 1, 3])):
        name = b"user." + bytes(draw.choice(b"abc\xff\xc3\n") for _ in range(5)) + str(number).encode()
        attempt(os.setxattr, path, name, draw.randbytes(draw.choice([0, 1, 100, 1500])))
    if draw.random() < 0.2:
        attempt(os.setxattr, path, b"trusted.own", draw.randbytes(20))
    if draw.random() < 0.2:
        attempt(os.setxattr, path, b"security.capability", struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0))
    if draw.random() < 0.3:
        subprocess.run([b"setfacl", b"-m", b"u:%d:rw,g:77:x" % draw.randrange(1, 60000), b"--", path], check=False, stderr=subprocess.DEVNULL)


def time_of(draw, years):
    seconds = {"ext4": (-2_147_483_647, 15_032_385_534), "far": (-2_147_483_647, 16_299_260_423), "any": (-(1 << 55), 1 << 55), "old": (-2_147_483_647, 2_147_483_646)}[years]
    near = [-1, 0, 1, 4_294_967_296, 9_223_372_036, 9_223_372_037, 13_569_465_600]
    chosen = draw.choice([draw.randint(*seconds), draw.choice(near)])
    if years == "old":  # whole seconds in 32 bits
        return min(chosen, seconds[1]) * 1_000_000_000
    return chosen * 1_000_000_000 + draw.randrange(1_000_000_000)


def make(directory, seed, count, years):
    draw = random.Random(seed)
    for number in range(count):
        name = bytes(draw.choice(b"az .\xff\xc3\x80\n\x1b*'\"\\") for _ in range(draw.randint(1, 12)))
        path = os.path.join(directory, b"%d-" % number + name)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        set_first(fd, draw)
        fill(fd, draw.choice(SIZES), draw)
        os.fsync(fd)
        os.chown(path, draw.choice([0, 1000, 65534, 3_000_000_000]), draw.choice([0, 1000, 77]))
        set_attributes(path, draw)
        os.chmod(path, draw.choice([0o644, 0o600, 0o4755, 0o2711, 0o1777, 0o6555, 0, draw.randrange(0o10000)]))
        set_flags(fd, draw)
        for other in range(draw.choice([0, 0, 0, 1, 2])):
            os.link(path, path + b"-%d" % other)
        os.utime(path, ns=(time_of(draw, years), time_of(draw, years)))
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def data_of(fd, size):
    ranges, at = [], 0
    while at < size:
        try:
            start = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:
            break
        at = os.lseek(fd, start, os.SEEK_HOLE)
        ranges.append((start, min(at, size)))
    return ranges


def look(path):
    fd = os.open(path, os.O_RDONLY | os.O_NOATIME)
    stat = os.stat(fd)
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    data, content = data_of(fd, stat.st_size), hashlib.sha256()
    for start, end in data:
        for at in range(start, end, 1 << 20):
            piece = os.pread(fd, min(1 << 20, end - at), at)
            # Zeros and a hole are the same content.
            for offset in range(0, len(piece), 4096):
                block = piece[offset : offset + 4096]
                if block.strip(b"\0"):
                    content.update(b"%d:" % (at + offset) + block)
    try:
        extended = struct.unpack("5I8x", fcntl.ioctl(fd, FSGETXATTR, b"\0" * 28))
    except OSError:
        extended = (0, 0, 0, 0, 0)
    attributes = {base64.b64encode(os.fsencode(name)).decode(): base64.b64encode(os.getxattr(fd, name)).decode() for name in os.listxattr(fd)}
    seen = {
        "content": content.hexdigest(),
        "size": stat.st_size,
        "owner": [stat.st_uid, stat.st_gid],
        "mode": stat.st_mode & 0o7777,
        "modification-time": str(stat.st_mtime_ns),
        "access-time": str(stat.st_atime_ns),
        "attributes": dict(sorted(attributes.items())),
        "flags": flags_of(fd) & SEEN_FLAGS,
        "extent-size": [extended[1], extended[4]],
        "project": extended[3],
        "allocated": stat.st_blocks * 512,
        "names": stat.st_nlink,
        "inode": stat.st_ino,
    }
    os.close(fd)
    return seen


if sys.argv[1] == "make":
    make(os.fsencode(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
else:
    paths = [bytes.fromhex(hex) for hex in sys.stdin.read().split()]
    print(json.dumps({base64.b64encode(path).decode(): look(path) for path in paths}))
