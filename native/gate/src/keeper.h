// SPDX-License-Identifier: Apache-2.0
// A second process that shares the gate's table of descriptors, and does nothing. When the gate is killed in the moment
// between reading an event and looking at its file, that file stays open here, and the supervisor tells of it
// (takeover.h), then ends it.
#pragma once
#include "shared/open-table.h"

namespace lazaret::gate {

/** Starts one where the table names none. The kernel writes its pid there; the supervisor takes it away when it has
 * ended. */
void keepDescriptors(Table& table);

/** At an upgrade: the one that is there shares the table of the program before this one, and would keep its files open.
 */
void replaceKeeper(Table& table);

}  // namespace lazaret::gate
