// SPDX-License-Identifier: GPL-2.0-only
#pragma once

namespace lazaret {

enum class CallSet { loader, worker };
// From now on only the calls of the set; others fail with EPERM, those that no parser ever needs end the process.
bool filterCalls(CallSet set);

}  // namespace lazaret
