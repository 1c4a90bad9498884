# SPDX-License-Identifier: Apache-2.0
# For tests: mounts a tmpfs, as a rule where nobody else sees it, writes CONTENT (in base64) to a file there, and reads that again and again until it is refused. Prints
# for how many milliseconds after the mount it could be read. HOW: `here`, for all to see; `process`, with a namespace of its own; `caged`, the same, but the namespace's first
# process has a root that shows nothing of it; `thread`, whose process stays where it was.
import base64, ctypes, os, sys, threading, time

HOW, PLACE, CONTENT = sys.argv[1:]
NEWNS, FS = 0x00020000, 0x00000200
libc = ctypes.CDLL(None, use_errno=True)


def must(result):
    if result != 0:
        os._exit(3)


def stay():
    must(libc.mount(b"none", PLACE.encode(), b"tmpfs", 0, None))
    begin = last = time.monotonic()
    path = os.path.join(PLACE, HOW + ".com")
    with open(path, "wb") as file:
        file.write(base64.b64decode(CONTENT))
    while time.monotonic() < begin + 20:
        try:
            open(path, "rb").close()
            last = time.monotonic()
            time.sleep(0.01)
        except PermissionError:
            print(round((last - begin) * 1000), flush=True)
            # What is done about it needs somebody who is still there.
            time.sleep(1)
            os._exit(0)
    os._exit(4)


if HOW in ("process", "caged"):
    must(libc.unshare(NEWNS | FS))
if HOW == "thread":
    threading.Thread(target=lambda: (must(libc.unshare(NEWNS | FS)), stay())).start()
elif HOW == "caged":
    os.mkdir(os.path.join(PLACE, "cage"))
    child = os.fork()
    if child == 0:
        time.sleep(0.2)
        stay()
    os.chroot(os.path.join(PLACE, "cage"))
    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
else:
    stay()
