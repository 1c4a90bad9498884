// SPDX-License-Identifier: GPL-2.0-only
// An archive behind other bytes. Readers of zip look for its end, readers of RAR and 7z for the mark: they open a
// picture with an archive behind it as they open an archive. Pure.
#pragma once
#include "formats/containers.h"

namespace lazaret {

// Of bytes that are no container by their head; kind none: nothing is behind them.
ContainerMatch identifyBehind(Bytes bytes);

}  // namespace lazaret
