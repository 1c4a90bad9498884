# SPDX-License-Identifier: Apache-2.0
# Ordinary mails by Python's own writer. usage: ordinary-mails.py SEED COUNT FOLDER; prints JSON, {file: leaves}: how many parts each has that hold something,
# texts that are attached counted twice, because the engine lists them so.
import email.policy
import json
import os
import random
import sys
from email.message import EmailMessage

seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
chance = random.Random(seed)
WORDS = 'the invoice of a meeting is attached please find größe für project deadline regards = equals -- and >from end begin'.split()
CODINGS = ['quoted-printable', 'base64', '8bit']


def text(lines):
    made = [' '.join(chance.choice(WORDS) for _ in range(chance.randint(3, 14))) for _ in range(lines)]
    return '\n'.join(made) + '\n-- \nA. Sender\n-----Original Message-----\nbegin of a sentence: it is one\n'


def head(mail):
    mail['Received'] = 'from a.example.test by b.example.test; Sun, 29 Nov 2026 10:00:00 +0000'
    mail['DKIM-Signature'] = 'v=1; a=rsa-sha256; h=from:to:mime-version:content-type:content-transfer-encoding; b=' + 'Q' * 70
    mail['From'] = 'A <a@example.test>'
    mail['To'] = 'b@example.test'
    mail['Subject'] = 'ünder way'


# By chance data could begin as a format does whose mark is two bytes (old cpio, compress), and be told as damaged. No format begins with F5.
def data(size):
    return b'\xf5' + chance.randbytes(size - 1)


def fill(mail, depth):
    leaves = 1
    mail.set_content(text(chance.randint(2, 40)), cte=chance.choice(CODINGS))
    if chance.random() < 0.6:
        html = ''.join(f'<p style="a: b">{text(1)}</p><a href="http://a.example.test/?q=3&b=1">l</a>\n' for _ in range(chance.randint(1, 30)))
        mail.add_alternative(f'<html><body>{html}</body></html>\n', subtype='html', cte=chance.choice(CODINGS[:2]))
        leaves += 1
    for _ in range(chance.choice([0, 0, 1, 2, 3])):
        mail.add_attachment(data(chance.randint(1, 60000)), maintype='application', subtype='x-data', filename='data ü.bin')
        leaves += 1
    if chance.random() < 0.3:
        mail.add_attachment(text(20), filename='notes.txt')
        leaves += 2
    if depth == 0 and chance.random() < 0.2:
        inner = EmailMessage()
        head(inner)
        leaves += fill(inner, 1)
        mail.add_attachment(inner)
    return leaves


leaves = {}
for index in range(count):
    mail = EmailMessage(policy=chance.choice([email.policy.SMTP, email.policy.default]))
    head(mail)
    name = f'{index:05}'
    leaves[name] = fill(mail, 0)
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(mail.as_bytes())
print(json.dumps(leaves))
