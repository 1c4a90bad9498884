// SPDX-License-Identifier: GPL-2.0-only
// What a reader's own answer means in the ledger. Policies decide by the reason, so each reader has a closed table and
// nothing falls through it unseen: tests go through all that the installed libraries can say. Pure.
#pragma once
#include <optional>
#include <string_view>

#include "reading/byte-source.h"
#include "base/ledger.h"

namespace lazaret {

/** By the message of libarchive, which tells the kind of a failure by its text alone. */
SourceEnd outcomeOfArchive(std::string_view message);
Reason reasonOf(SourceEnd end);

enum class EngineEnd : uint8_t { read, time, limit, corrupted, failure };
/** By libclamav's cl_error_t. */
EngineEnd outcomeOfEngine(int status);
/** None: it was read to its end. */
std::optional<Reason> reasonOf(EngineEnd end);

}  // namespace lazaret
