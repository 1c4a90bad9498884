# SPDX-License-Identifier: Apache-2.0
# For tests: keeps a clamd socket as busy as one user can. Clients in threads ask for scans of these paths again and again, some over INSTREAM, and every
# fourth leaves without waiting for the answer. Arguments: socket, seconds, clients, path … Prints how many requests were made.
import socket, struct, sys, threading, time

PLACE, SECONDS, CLIENTS, PATHS = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
END = time.monotonic() + SECONDS
made = [0] * CLIENTS


def ask(client, turn):
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(max(0.1, END - time.monotonic()))
    one.connect(PLACE)
    path = PATHS[(client + turn) % len(PATHS)]
    if turn % 2:
        one.sendall(b"nSCAN %s\n" % path.encode())
    else:
        with open(path, "rb") as file:
            content = file.read()
        one.sendall(b"zINSTREAM\0" + struct.pack(">I", len(content)) + content + struct.pack(">I", 0))
    made[client] += 1
    if turn % 4:
        one.recv(4096)
    one.close()


def flood(client):
    turn = 0
    while time.monotonic() < END:
        turn += 1
        try:
            ask(client, turn)
        except OSError:
            time.sleep(0.01)


threads = [threading.Thread(target=flood, args=(client,)) for client in range(CLIENTS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(made), flush=True)
