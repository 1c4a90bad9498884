// SPDX-License-Identifier: GPL-2.0-only
// Documents with a password of their own format (LM-2), where both readers are blind. Pure.
#pragma once
#include "base/bytes.h"
#include "base/work.h"

namespace lazaret {

// OLE2 (Word, Excel, PowerPoint, encrypted OOXML) and PDF. ODF is told by its manifest (isProtectedOdf).
// Where `work` is spent, the answer is no more than what was seen until then.
bool isPasswordProtected(Bytes document, Work& work);
// Of a kind that may have a password.
bool mayBeProtected(Bytes document);
bool isProtectedOdfManifest(Bytes manifest);

}  // namespace lazaret
