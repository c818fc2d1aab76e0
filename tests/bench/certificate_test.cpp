#include "certificate.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

#include "arrivals.hpp"
#include "support/temporary_folder.hpp"

namespace ilbud::bench {

TEST_CASE("make_certificate: a sink can use it, and only its owner reads the key") {
    const test::TemporaryFolder folder;
    const auto files = make_certificate(folder.path());
    struct stat info {};
    REQUIRE(::stat(files.key.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    std::ifstream certificate(files.certificate);
    const std::string text{std::istreambuf_iterator<char>(certificate), {}};
    CHECK(text.starts_with("-----BEGIN CERTIFICATE-----"));
    CHECK(text.find("PRIVATE") == std::string::npos);
    const Arrivals sink({}, files);
    CHECK(sink.port() > 0);
}

TEST_CASE("make_certificate: a folder that cannot be written is an error") {
    CHECK_THROWS_WITH(make_certificate("/nowhere/at/all"), Catch::Contains("/nowhere/at/all"));
}

}  // namespace ilbud::bench
