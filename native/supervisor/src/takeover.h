// SPDX-License-Identifier: Apache-2.0
// Answers every open that a dead gate has left behind, and says so to the next one. Only ever called when no gate
// lives: event descriptors' numbers repeat, so the next gate must not read before the last one's events are all
// answered.
#pragma once
#include "shared/open-table.h"

namespace lazaret {

/** Answers what the dead gate had read. Its keeper lives on. `descriptorsMax`: the highest number that an event of it
 * can have had. */
void answerForDeadGate(int group, Table& table, LetThroughCause cause, int descriptorsMax);

/** Refuses what the dead gate had read of the second group: only refused files are ever marked there. */
void refuseForDeadGate(int group, int descriptorsMax);

/** Reads and answers what has come since, while no gate can be started. */
void answerQueued(int group, Table& table);

}  // namespace lazaret
