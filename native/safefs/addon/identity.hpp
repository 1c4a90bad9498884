// SPDX-License-Identifier: Apache-2.0
// Who a file is: device, inode, times, mount (statx), file handle and file-system UUID. Reads only; closes nothing.
#pragma once

#include "record.hpp"

namespace safefs {

// statx(2) without following a link, without a network round trip, without mounting an automount. 0 or an errno.
int statInto(int directoryFd, const char* name, int extraFlags, Record& record);

// Adds the handle (of `name` in `directoryFd`, or of the descriptor itself when name is "") to record and blob.
void handleInto(int directoryFd, const char* name, Record& record, Batch& batch);

// Adds the file-system UUID of an open descriptor; where the kernel knows none, statfs' f_fsid (uuidLength 8).
void fileSystemInto(int fd, Record& record);

}  // namespace safefs
