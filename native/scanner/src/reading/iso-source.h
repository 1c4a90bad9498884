// SPDX-License-Identifier: GPL-2.0-only
// The bytes of a file of an ISO 9660 image: its extents one after the other, and what was packed by zisofs unpacked.
#pragma once
#include <memory>

#include "reading/byte-source.h"
#include "reading/iso-image.h"

namespace lazaret {

std::unique_ptr<ByteSource> openIsoFile(Bytes image, const IsoFile& file);

}  // namespace lazaret
