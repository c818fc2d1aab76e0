#include "ilbud/daemon/daemon.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>

TEST_CASE("harden_process: where standard error is closed, nothing opened later takes its number") {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const int number : {0, 1, 2}) ::close(number);
        ilbud::harden_process();
        struct stat about {};
        bool all = true;
        for (const int number : {0, 1, 2})
            all = all && ::fstat(number, &about) == 0 && S_ISCHR(about.st_mode) && about.st_rdev == makedev(1, 3);
        ::_exit(all ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}
