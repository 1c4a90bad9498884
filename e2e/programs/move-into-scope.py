# SPDX-License-Identifier: Apache-2.0
# usage: move-into-scope.py NUMBER EACH
# Moves `aside/planted0.com` and so on into `in`, behind each so many renames of a harmless file beside it: the kernel tells of each, and nothing is opened, so
# that nobody waits for the gate. It must not lie on the watched file system itself.
import os, sys

number, each = int(sys.argv[1]), int(sys.argv[2])
for planted in range(number):
    for turn in range(planted * each, (planted + 1) * each):
        os.rename(f'aside/x{turn}', f'aside/x{turn + 1}')
    os.rename(f'aside/planted{planted}.com', f'in/planted{planted}.com')
print('moved')
