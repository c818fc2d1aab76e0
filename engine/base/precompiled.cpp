// Gives the precompiled headers a target to belong to; see CMakeLists.txt.
