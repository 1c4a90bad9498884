# SPDX-License-Identifier: Apache-2.0
# usage: clamd-ask.py SOCKET
# A client of clamd's protocol. From standard input a question a line, as JSON: {"steps": [{"send": HEX, "pass": [[PATH, FLAGS] …]} …], "says": "more" or "no more",
# "waits": seconds}. Answers each with a line: {"answer": HEX, "closed": true or false}. Between two steps it waits, so that they arrive one by one.
import array, concurrent.futures, json, os, socket, sys, time

PAUSE = 0.3


def send(s, step):
    files = [os.open(path, flags) for path, flags in step.get("pass", [])]
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
    data = bytes.fromhex(step["send"])
    try:
        sent = s.sendmsg([data], rights)
        s.sendall(data[sent:])
    finally:
        for file in files:
            os.close(file)


def speak(s, question):
    for number, step in enumerate(question["steps"]):
        if number:
            time.sleep(PAUSE)
        send(s, step)
    if question["says"] == "no more":
        s.shutdown(socket.SHUT_WR)


def hear(s):
    heard = b""
    try:
        while True:
            some = s.recv(65536)
            if not some:
                return heard, True
            heard += some
    except TimeoutError:
        return heard, False
    except ConnectionResetError:  # it did not read all that was sent
        return heard, True


def ask(question):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(question["waits"])
    s.connect(sys.argv[1])
    try:
        speak(s, question)
    except (BrokenPipeError, ConnectionResetError, OSError):
        pass  # it answered before it heard all
    heard, closed = hear(s)
    s.close()
    return json.dumps({"answer": heard.hex(), "closed": closed})


with concurrent.futures.ThreadPoolExecutor(16) as pool:
    for answer in pool.map(ask, map(json.loads, sys.stdin)):
        print(answer, flush=True)
