// Gives the precompiled headers a target to belong to; see tests/CMakeLists.txt.
