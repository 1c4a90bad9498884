// SPDX-License-Identifier: GPL-2.0-only
// Does a PDF ask for a password? Pure, but for the hash functions of libcrypto.
#pragma once
#include "base/bytes.h"
#include "base/work.h"

namespace lazaret {

// An encrypted PDF that opens with the empty user password is readable: the engine decrypts it.
bool isPdfPasswordProtected(Bytes document, Work& work);

}  // namespace lazaret
