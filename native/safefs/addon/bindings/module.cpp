// SPDX-License-Identifier: Apache-2.0
// The addon's table of contents. Its typed face is src/index.ts.
#include <napi.h>

#include "bindings.hpp"

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  safefs::registerWalk(env, exports);
  safefs::registerOpen(env, exports);
  safefs::registerAt(env, exports);
  safefs::registerAttributes(env, exports);
  safefs::registerExtents(env, exports);
  return exports;
}

NODE_API_MODULE(safefs, initialize)
