#include "settings_text.hpp"

#include <catch2/catch.hpp>

namespace ilbud::bench {

TEST_CASE("platform_settings: TLS to the relay is required when its certificate is known, else there is none") {
    DaemonOptions options;
    CHECK(platform_settings(options).find("tls = \"none\"") != std::string::npos);
    options.relay_ca = "/tmp/ca.pem";
    CHECK(platform_settings(options).find("tls = \"required\"\nca_file = \"/tmp/ca.pem\"") != std::string::npos);
}

}  // namespace ilbud::bench
