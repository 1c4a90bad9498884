// SPDX-License-Identifier: GPL-2.0-only
// A worker: one thread, one file at a time, one socket to the broker. Never returns.
#pragma once
#include "engine/engine.h"
#include "sandbox/sandbox.h"
#include "worker/self-test.h"

namespace lazaret {

[[noreturn]] void runWorker(Engine& engine, const Sandbox& sandbox, const SelfTest& selfTest, unsigned slot, int socket,
                            uint64_t dataBytesMax, int brokerPid);

}  // namespace lazaret
