// SPDX-License-Identifier: Apache-2.0
// Clients that are not let in. Most have passed nothing, and their sockets are closed. The others are closed by a
// process of their owner's, one at a time: while it waits, his further ones are kept here, unclosed. There are as many
// as the kernel lets him have passed and not yet received (his limit of open files), and they cost nobody else a
// process.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace lazaret::door {

class Refused {
 public:
  /** `user`: whom the processes that close run as. */
  explicit Refused(std::optional<uid_t> user) : user_(user) {}
  void take(uint32_t owner, int client);
  /** As take(), but nothing is closed yet. */
  void keep(uint32_t owner, int client);
  /** A process has ended. */
  void gone(pid_t process);
  /** All that are kept go to processes that close them. */
  void leave();

 private:
  void startClosing(uint32_t owner);

  std::optional<uid_t> user_;
  std::map<uint32_t, std::vector<int>> kept_;  // by owner
  std::map<pid_t, uint32_t> closing_;
};

}  // namespace lazaret::door
