// SPDX-License-Identifier: GPL-2.0-only
// Documents with a password of their own format (LM-2), where both readers are blind. Pure.
#pragma once
#include "bytes.h"

namespace lazaret {

// OLE2 (Word, Excel, PowerPoint, encrypted OOXML) and PDF. ODF is told by its manifest (isProtectedOdf).
bool isPasswordProtected(Bytes document);
bool isProtectedOdfManifest(Bytes manifest);

}  // namespace lazaret
