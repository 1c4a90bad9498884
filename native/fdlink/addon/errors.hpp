// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <napi.h>

namespace fdlink {

/** An Error in the manner of Node: `code` is the errno's name, `syscall` what failed. */
Napi::Error errorOf(Napi::Env env, const char* syscall, int number);

/** {pid, uid, gid, groups} of the process at the other end, as the kernel saw it when it connected. */
Napi::Value peerOf(Napi::Env env, int socket);

}  // namespace fdlink
