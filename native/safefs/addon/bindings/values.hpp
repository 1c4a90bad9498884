// SPDX-License-Identifier: Apache-2.0
// Values between JavaScript and C++: byte strings, options, batches, errors with the errno's name as `code`.
#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "record.hpp"

namespace safefs {

// Throws a JavaScript error: code "ENOENT", errno 2, syscall "renameat2".
[[noreturn]] void throwSystemError(Napi::Env env, int error, const char* call);
[[noreturn]] void throwInvalid(Napi::Env env, const char* what);

std::string bytesOf(const Napi::Value& value);  // Buffer only: names are any bytes
int numberOf(const Napi::Value& value);
uint64_t unsignedOf(const Napi::Value& value);
int64_t bigintOf(const Napi::Value& value);
std::vector<std::string> byteListOf(const Napi::Value& value);

// { records: Buffer, blob: Buffer }
Napi::Object batchValue(Napi::Env env, const Batch& batch);

}  // namespace safefs
