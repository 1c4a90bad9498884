// SPDX-License-Identifier: GPL-2.0-only
// An archive behind other bytes. Readers of zip look for its end, readers of RAR and 7z for the mark: they open a
// picture with an archive behind it as they open an archive. Pure.
#pragma once
#include <functional>
#include <vector>

#include "base/work.h"
#include "formats/containers.h"

namespace lazaret {

// Of bytes that are no container by their head; kind none: nothing is behind them.
ContainerMatch identifyBehind(Bytes bytes);
// Further archives in the same bytes, which readers of their formats find: a zip behind any other container, and RAR
// and 7z around a zip or a 7z. `isMember`: these bytes were opened as a member.
using IsMember = std::function<bool(Bytes)>;
std::vector<ContainerMatch> identifyBeside(Bytes bytes, const ContainerMatch& match, Work& work,
                                           const IsMember& isMember);

}  // namespace lazaret
