// SPDX-License-Identifier: Apache-2.0
// The unit tests of one program's sources, linked beside them. tests/native/units.test.ts runs it, a test for each
// case.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
