// As engine/base/precompiled.hpp, with the test framework.
#pragma once
#include <catch2/catch.hpp>

#include "../../engine/base/precompiled.hpp"
