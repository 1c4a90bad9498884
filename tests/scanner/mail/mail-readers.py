# SPDX-License-Identifier: Apache-2.0
# Three readers of mail that are none of ours: which of them finds the marker in which file.
# usage: mail-readers.py FOLDER MARKER; prints JSON, {file: [reader, ...]}. Each file's parts go to a folder of their own beside FOLDER.
import email
import email.policy
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile

folder, marker = sys.argv[1], sys.argv[2].encode()
found = {}


def holds(content):
    if marker in content:
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(marker in archive.read(name) for name in archive.namelist())
    except Exception:
        pass
    try:
        return marker in gzip.decompress(content)
    except Exception:
        return False


def python_finds(content, policy):
    try:
        mail = email.message_from_bytes(content, policy=policy)
    except Exception:
        return False
    for part in mail.walk():
        try:
            payload = part.get_payload(decode=True)
        except Exception:
            continue
        if payload and holds(payload):
            return True
        # A message whose bytes were coded: a program that decodes it reads it, too.
        if payload and part.get_content_maintype() == 'message' and python_finds(payload, policy):
            return True
    return False


def program_finds(command, out):
    os.makedirs(out, exist_ok=True)
    try:
        subprocess.run(command, cwd=out, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=20)
    except subprocess.TimeoutExpired:
        pass
    for place, _, names in os.walk(out):
        for name in names:
            with open(os.path.join(place, name), 'rb') as part:
                content = part.read()
            if holds(content):
                return True
            if b'ontent-' in content[:2000] and (python_finds(content, email.policy.compat32)):
                return True
    return False


for name in sorted(os.listdir(folder)):
    path = os.path.join(folder, name)
    with open(path, 'rb') as file:
        content = file.read()
    out = os.path.join(os.path.dirname(folder), 'parts', name)
    readers = {
        'email': lambda: python_finds(content, email.policy.compat32) or python_finds(content, email.policy.default),
        'ripmime': lambda: program_finds(['ripmime', '-i', path, '-d', out + '.r'], out + '.r'),
        'munpack': lambda: program_finds(['munpack', '-f', '-t', '-q', path], out + '.m'),
    }
    found[name] = [reader for reader, finds in readers.items() if finds()]
print(json.dumps(found))
