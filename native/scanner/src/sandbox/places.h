// SPDX-License-Identifier: GPL-2.0-only
// Temporary places of loaders where no namespace can be had: one folder beside the broker's socket that nobody but the
// broker may enter, and in it one for each loader. Everything is done by descriptor and never through a link, because
// what lies in a loader's own folder was made by a process that a file may have taken over. Owns the folder's
// descriptor, not the folder.
#pragma once
#include <sys/types.h>

#include <string>

#include "base/channel.h"

namespace lazaret {

// A folder that is no link, belongs to us and has mode 0700; made where there is none. Else an empty descriptor, and
// why.
Descriptor openPrivateFolder(const std::string& path, std::string& error);
// Removes all that lies in it. Follows no link, leaves no file system; what lies deeper than limits::placeDepthMax
// stays.
void emptyFolder(int folder);
// Removes one folder of ours with all that it holds.
void removeFolder(int parent, const std::string& name);
// A folder for this process with one for each slot, given to that user (null: it stays ours). It becomes the working
// directory: who gives up its rights afterwards still reaches it, although it may not enter the folder above. False:
// errno.
bool enterOwnPlace(int places, unsigned slots, const uid_t* user, gid_t group);

}  // namespace lazaret
