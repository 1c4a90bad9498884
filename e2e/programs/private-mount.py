# SPDX-License-Identifier: Apache-2.0
# For tests: mounts a tmpfs, as a rule where nobody else sees it, writes CONTENT (in base64) to a file there, and reads that again and again until it is refused. Prints
# for how many milliseconds after the mount it could be read. HOW: `here`, for all to see; `process`, with a namespace of its own; `caged`, the same, but the namespace's first
# process has a root that shows nothing of it; `thread`, whose process stays where it was;
# `user`, an ordinary user with a user namespace of his own. COMMAND… is what mounts, instead of a tmpfs.
import base64, ctypes, os, subprocess, sys, threading, time

HOW, PLACE, CONTENT, *COMMAND = sys.argv[1:]
NEWNS, FS, NEWUSER = 0x00020000, 0x00000200, 0x10000000
NOBODY = 65534
libc = ctypes.CDLL(None, use_errno=True)


def must(result):
    if result != 0:
        os._exit(3)


def stay():
    if COMMAND:
        subprocess.run(COMMAND, check=True)
    else:
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


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


if HOW == "user":
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # A process that changed its user may not write its own maps until it is dumpable again (PR_SET_DUMPABLE).
    libc.prctl(4, 1, 0, 0, 0)
    must(libc.unshare(NEWUSER | NEWNS | FS))
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"0 {NOBODY} 1")
    write("/proc/self/gid_map", f"0 {NOBODY} 1")
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
