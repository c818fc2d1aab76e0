// The trials' own judgement: what they count as a repetition, and what a power cut may leave of a file.
#include <catch2/catch.hpp>

#include <fstream>

#include "support/power_cut.hpp"
#include "support/temporary_folder.hpp"
#include "support/testdata.hpp"
#include "trip/support/trial.hpp"

using namespace ilbud::test;
using namespace std::chrono_literals;

namespace {

const SteadyMoment start{};

Arrival came(const std::string& mail, int connection, std::chrono::milliseconds dot,
             std::optional<std::chrono::milliseconds> answer) {
    return {mail, connection, start + dot, answer ? std::optional(start + *answer) : std::nullopt, 0};
}

/// An order log, written by hand.
class WrittenLog {
 public:
    WrittenLog& add(StorageOperation operation, std::uint64_t file, std::uint64_t offset, const std::string& bytes) {
        const StorageRecord record{operation, static_cast<std::uint32_t>(bytes.size()), file, offset};
        text_.append(reinterpret_cast<const char*>(&record), sizeof record).append(bytes);
        return *this;
    }
    [[nodiscard]] StorageLog read() const {
        std::ofstream(folder_ / "log", std::ios::binary) << text_;
        return StorageLog(folder_ / "log");
    }
    [[nodiscard]] std::filesystem::path image() const { return folder_ / "image"; }

 private:
    TemporaryFolder folder_;
    std::string text_;
};

}  // namespace

TEST_CASE("count_repeats: a mail that came again is told by what the relay had said at the end in between") {
    const std::vector<End> ends{{start + 100ms, 2}, {start + 200ms, 4}};
    const std::vector<Acknowledged> known{{"", "a", 0}, {"", "b", 0}, {"", "c", 0}, {"", "d", 0}};
    const auto of = [&](const std::vector<Arrival>& arrivals) { return count_repeats(arrivals, ends, known); };
    CHECK(of({came("a", 1, 10ms, 20ms), came("b", 3, 110ms, 120ms)}).all() == 0);
    CHECK(of({came("a", 1, 10ms, 20ms), came("a", 3, 110ms, 120ms)}).answered == 1);
    CHECK(of({came("a", 1, 90ms, {}), came("a", 5, 210ms, 220ms)}).dots == 1);
    CHECK(of({came("a", 1, 90ms, 101ms), came("a", 3, 110ms, 120ms)}).dots == 1);  // answered into the void
    CHECK(of({came("a", 1, 10ms, 20ms), came("a", 2, 30ms, 40ms)}).others == 1);   // no end in between
    const auto two_dots =
        of({came("a", 1, 90ms, {}), came("b", 1, 91ms, {}), came("a", 3, 110ms, 1ms), came("b", 3, 111ms, 1ms)});
    CHECK(two_dots.dots == 1);
    CHECK(two_dots.others == 1);  // one connection waits for one answer
    CHECK(of({came("x", 1, 10ms, 20ms)}).unexpected == 1);
}

TEST_CASE("count_repeats: an end is beyond what is promised with more than 64 and one a connection") {
    std::vector<Arrival> arrivals;
    std::vector<Acknowledged> known;
    const auto add = [&](std::size_t mails, int connection, std::chrono::milliseconds at) {
        for (std::size_t i = 0; i < mails; ++i) arrivals.push_back(came("m" + std::to_string(i), connection, at, at));
    };
    const std::vector<End> ends{{start + 100ms, 1}};
    for (std::size_t i = 0; i < 70; ++i) known.push_back({"", "m" + std::to_string(i), 0});
    add(repeats_most + 1, 1, 10ms);
    add(repeats_most + 1, 2, 110ms);
    CHECK(count_repeats(arrivals, ends, known).beyond == 0);
    arrivals.clear();
    add(repeats_most + 2, 1, 10ms);
    add(repeats_most + 2, 2, 110ms);
    CHECK(count_repeats(arrivals, ends, known).beyond == 1);
}

TEST_CASE("StorageLog: what was synced is in every image, what was not is there, gone or torn at a sector") {
    const std::string synced(2048, 's'), later(2048, 'l');
    WrittenLog written;
    written.add(StorageOperation::create, 1, 0, "file").add(StorageOperation::sync_folder, 0, 0, "");
    written.add(StorageOperation::write, 1, 0, synced)
        .add(StorageOperation::sync, 1, 0, "")
        .add(StorageOperation::write, 1, 1000, later);
    const auto log = written.read();
    REQUIRE(log.size() == 5);
    bool kept = false, dropped = false, torn = false;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const auto cut = log.cut(5, seed, written.image());
        const auto bytes = read_file(written.image() / "file");
        REQUIRE(bytes.substr(0, 1000) == synced.substr(0, 1000));
        for (std::size_t at = 1024; at + 512 <= bytes.size(); at += 512)  // sectors are whole
            CHECK(bytes.substr(at, 512).find_first_not_of(bytes[at]) == std::string::npos);
        kept = kept || (cut.kept == 1 && bytes == synced.substr(0, 1000) + later);
        dropped = dropped || (cut.dropped == 1 && bytes == synced);
        torn = torn || (cut.torn == 1 && bytes != synced && bytes != synced.substr(0, 1000) + later);
        log.cut(4, seed, written.image());
        CHECK(read_file(written.image() / "file") == synced);
    }
    CHECK(kept);
    CHECK(dropped);
    CHECK(torn);
}

TEST_CASE("StorageLog: a name that was made or removed may be as before until the folder is synced") {
    WrittenLog written;
    written.add(StorageOperation::create, 1, 0, "old")
        .add(StorageOperation::write, 1, 0, "text")
        .add(StorageOperation::sync, 1, 0, "");
    written.add(StorageOperation::sync_folder, 0, 0, "").add(StorageOperation::unlink, 0, 0, "old");
    written.add(StorageOperation::create, 1, 0, "new").add(StorageOperation::sync_folder, 0, 0, "");  // the inode's second life
    const auto log = written.read();
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        log.cut(6, seed, written.image());
        std::string names;
        for (const auto* name : {"old", "new"})
            if (std::filesystem::exists(written.image() / name)) names += name;
        if (names == "old") CHECK(read_file(written.image() / "old") == "text");
        seen.insert(names);
    }
    CHECK(seen == std::set<std::string>{"", "new", "old"});
    log.cut(7, 1, written.image());
    CHECK(std::filesystem::exists(written.image() / "new"));
    CHECK_FALSE(std::filesystem::exists(written.image() / "old"));
}
