// SPDX-License-Identifier: Apache-2.0
// A second process that shares the gate's table of descriptors, and does nothing. When the gate is killed in the moment between reading an event and
// looking at its file, that file stays open here, and the supervisor tells of it (takeover.h). It ends with the supervisor, or soon after its gate.
#pragma once
#include "../../supervisor/src/open-table.h"

namespace lazaret::gate {

/** Starts one where none lives. Its pid stands in the table; 0 where the kernel gives none. */
void keepDescriptors(Table& table);

}  // namespace lazaret::gate
