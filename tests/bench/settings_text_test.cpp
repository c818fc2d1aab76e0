#include "settings_text.hpp"

#include <catch2/catch.hpp>

namespace ilbud::bench {

TEST_CASE("platform_settings: TLS to the relay is required when its certificate is known, else there is none") {
    DaemonOptions options;
    CHECK(platform_settings(options).find("tls = \"none\"") != std::string::npos);
    options.relay_ca = "/tmp/ca.pem";
    CHECK(platform_settings(options).find("tls = \"required\"\nca_file = \"/tmp/ca.pem\"") != std::string::npos);
}

TEST_CASE("missing_templates: a bench that was started elsewhere says how to name them") {
    CHECK_FALSE(missing_templates(ILBUD_SOURCE_DIR "/templates"));
    const auto said = missing_templates("/nowhere/templates");
    REQUIRE(said);
    CHECK(*said == "/nowhere/templates is no folder of templates: say where they are with --templates DIR");
}

TEST_CASE("host_and_port: an IPv6 address stands in brackets, which are no part of it") {
    using Place = std::pair<std::string, std::uint16_t>;
    CHECK(host_and_port("127.0.0.1:2525") == Place{"127.0.0.1", 2525});
    CHECK(host_and_port("sink.example:25") == Place{"sink.example", 25});
    CHECK(host_and_port("[::1]:2525") == Place{"::1", 2525});
    for (const auto* wrong : {"::1:2525", "[::1]", "sink.example", ":25", "[]:25", "sink.example:0", "sink.example:65536"})
        CHECK_THROWS(host_and_port(wrong));
}

}  // namespace ilbud::bench
