// SPDX-License-Identifier: Apache-2.0
// A mountinfo of /proc, read by its open descriptor, piece by piece: a user can make one of his own as long as he
// likes.
#pragma once
#include <string>
#include <string_view>

namespace lazaret::door {

struct Mount {
  unsigned long long id = 0;
  std::string device;  // "major:minor"
  std::string type;
};

/** One line. False: it is none. */
bool parseMount(std::string_view line, Mount& mount);

/** The mount of that number in the table as it is now. False: there is none. */
bool findMount(int table, unsigned long long id, Mount& mount);

/** Whether any mount in it shows that device. */
bool hasMountOf(int table, std::string_view device);

}  // namespace lazaret::door
