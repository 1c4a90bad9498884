// SPDX-License-Identifier: Apache-2.0
// Whether the content of an open file rests: then its key names it until somebody changes it, and a verdict may be
// kept.
#pragma once
#include "opens/file-key.h"

namespace lazaret::gate {

/**
 * No writer and no writable mapping lives (a store to a page that is already dirty changes no time), the key is still
 * `key`, and the next change – but see `storesAreTimed` – will give it other times: multigrain times since Linux 6.13,
 * else the change lies far enough back.
 */
bool contentRests(int fd, const FileKey& key);

/** The kernel grants a read lease while nobody has the file open for writing or mapped writable. */
bool hasNoWriter(int fd);

/**
 * The first store to a page through a fresh mapping gives the file another time. Not so on tmpfs, and who knows where
 * else: a page that was read first is writable at once, and the kernel tells nobody of the store. There a verdict holds
 * as long as nobody has the file open for writing.
 */
bool storesAreTimed(int fd);

/** As above, and no ordinary user can ever write it without the kernel telling us: root's own, writable by nobody else,
 * no ACL. */
bool onlyRootWrites(int fd, const FileKey& key);

}  // namespace lazaret::gate
