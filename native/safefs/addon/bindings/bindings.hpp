// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <napi.h>

namespace safefs {
void registerWalk(Napi::Env env, Napi::Object exports);
void registerOpen(Napi::Env env, Napi::Object exports);
void registerAt(Napi::Env env, Napi::Object exports);
void registerAttributes(Napi::Env env, Napi::Object exports);
void registerExtents(Napi::Env env, Napi::Object exports);
}  // namespace safefs
