// SPDX-License-Identifier: Apache-2.0
#include "hand-over.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/descriptor.h"
#include "seal.h"

namespace lazaret::door {

/** Says that it holds its sockets alone, and waits until the first process has let go of them. */
static void beginWork(std::vector<int> kept, int way, pid_t first) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // What it inherited of other users the first process still holds, because it waits for the word: so to close it here
  // waits for nobody.
  kept.push_back(way);
  closeOthers(std::move(kept));
  char word = 1;
  if (getppid() != first || write(way, &word, 1) != 1 || read(way, &word, 1) != 0) _exit(1);
  close(way);
}

pid_t handOver(const std::vector<int>& sockets, int other, const std::function<void()>& work) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return 0;
  const Descriptor way(pair[0]);
  Descriptor its(pair[1]);
  const pid_t first = getpid(), process = fork();
  if (process == 0) {
    std::vector<int> kept = sockets;
    kept.push_back(other);
    beginWork(std::move(kept), its.get(), first);
    work();
    _exit(0);
  }
  its = Descriptor();
  char word;
  if (process < 0 || read(way.get(), &word, 1) != 1) return 0;
  // It waits for us in a read, and nothing but root's kill could end it before these are closed.
  for (const int socket : sockets) close(socket);
  return process;
}

}  // namespace lazaret::door
