// The scripts below bench/peers, which a rig for mail senders starts: they must fit the daemon of this checkout.
#include <simdjson.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "ilbud/intake/event.hpp"
#include "support/temporary_folder.hpp"

namespace ilbud::bench {
namespace {

const std::string scripts = std::string(ILBUD_SOURCE_DIR) + "/bench/peers/";

struct Close {
    void operator()(std::FILE* pipe) const { ::pclose(pipe); }
};

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, Close> pipe(::popen(command.c_str(), "r"));
    std::string out;
    std::array<char, 4096> piece;
    while (const auto count = std::fread(piece.data(), 1, piece.size(), pipe.get())) out.append(piece.data(), count);
    return out;
}

constexpr std::string_view sample =
    R"({"event":"subscription.created","id":"evt_00000007","to":"modtager000007@laeser.example","publication":{"title":"Dagbladet"},)"
    R"("customer":{"firstName":"Søren","lastName":"Kjær","number":"12345678","street":"Ågade 3","zip":"8000","city":"Aarhus C"},)"
    R"("order":{"id":"DE-000000007","start":"3. december 2026","renewal":"3. december 2027","lines":[{"title":"Papiravis",)"
    R"("amount":"249,00","period":"måned"},{"title":"Tillæg","amount":"39,00","period":"måned"}],"total":"288,00"}})";

}  // namespace

TEST_CASE("peers/make-spec: names this checkout's scripts, with the rig's placeholders left in") {
    simdjson::dom::parser parser;
    simdjson::dom::element spec;
    const auto text = output_of(scripts + "make-spec --program /bin/true");
    REQUIRE(parser.parse(text).get(spec) == simdjson::SUCCESS);
    const auto word = [&](const char* name) { return std::string(spec[name].get_string().value()); };
    CHECK(word("serve").starts_with(scripts + "serve {dir} {sink_port} {sample} {n} /bin/true "));
    CHECK(word("ready") == "unix:{dir}/run/events.sock");
    CHECK(word("load").find("--socket {dir}/run/events.sock {dir}/events.ndjson") != std::string::npos);
    CHECK(spec["durable"].get_bool().value());
}

TEST_CASE("peers/make-spec: says what to do when the program is not built") {
    CHECK(output_of(scripts + "make-spec --program /nowhere/ilbud 2>&1").find("build it") != std::string::npos);
}

TEST_CASE("peers/events: the rig's events become ours, as many as asked for") {
    const test::TemporaryFolder folder;
    std::ofstream file(folder / "sample.ndjson");
    for (int i = 0; i < 3; ++i) file << sample << "\n";
    file.close();
    const auto lines = output_of(scripts + "events 2 < " + (folder / "sample.ndjson").string());
    CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);
    const auto event = parse_event(lines.substr(0, lines.find('\n')));
    REQUIRE(event);
    CHECK(event->id == "evt_00000007");
    CHECK(event->subscriber.name == "Søren Kjær");
    CHECK(event->subscriber.email == "modtager000007@laeser.example");
    const auto& order = std::get<SignUp>(event->data);
    CHECK(order.form == "web");
    REQUIRE(order.subscriptions.size() == 2);
    CHECK(order.subscriptions[1].product == "Tillæg");
    CHECK(lines.find("2026-12-03T00:00:00Z") != std::string::npos);
}

}  // namespace ilbud::bench
