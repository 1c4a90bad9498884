// SPDX-License-Identifier: GPL-2.0-only
// The loader: one per release. Seals itself, loads the patterns, proves them, then forks workers for the broker.
#pragma once
#include <string>

namespace lazaret {

// `control` is the socket to the broker, `places` its folder for temporary places; both are closed or kept by the
// loader. Never returns to serve anything else; the result is the exit code.
int runLoader(int control, int places, const std::string& patterns, unsigned slots, int brokerPid,
              uint64_t workerMemoryBytes);

}  // namespace lazaret
