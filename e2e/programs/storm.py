# SPDX-License-Identifier: Apache-2.0
# For tests: FILES files with CONTENT (in base64), written by WRITERS processes, each file into a directory of its own under PLACE, and opened at once by as
# many other processes: of every second file while its writer still has it open. Prints what became of the opens, as JSON.
import base64, collections, json, os, sys

PLACE, FILES, WRITERS, CONTENT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), base64.b64decode(sys.argv[4])


def write(number, told):
    for each in range(number, FILES, WRITERS):
        directory = os.path.join(PLACE, str(each))
        os.mkdir(directory)
        path = os.path.join(directory, f"{each}.com")
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        os.write(file, CONTENT)
        if each // WRITERS % 2 == 0:
            os.write(told, f"{path}\n".encode())
        os.close(file)
        if each // WRITERS % 2 == 1:
            os.write(told, f"{path}\n".encode())


def read(tells, result):
    ends = collections.Counter()
    for path in os.fdopen(tells):
        try:
            file = os.open(path.rstrip("\n"), os.O_RDONLY)
            ends["read" if os.read(file, 100) else "empty"] += 1
            os.close(file)
        except OSError as error:
            ends[os.strerror(error.errno)] += 1
    os.write(result, f"{json.dumps(ends)}\n".encode())


results, result = os.pipe()
for number in range(WRITERS):
    tells, told = os.pipe()
    if os.fork() == 0:
        os.close(told)
        read(tells, result)
        os._exit(0)
    if os.fork() == 0:
        os.close(tells)
        write(number, told)
        os._exit(0)
    os.close(tells)
    os.close(told)
os.close(result)
total = collections.Counter()
for line in os.fdopen(results):
    total.update(json.loads(line))
print(json.dumps(total))
