#include "../../engine/intake/line_buffer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <vector>

using namespace ilbud;

namespace {

void feed(LineBuffer& buffer, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto room = buffer.prepare();
        const std::size_t size = std::min(room.size, bytes.size());
        std::memcpy(room.data, bytes.data(), size);
        buffer.commit(size);
        bytes.remove_prefix(size);
    }
}

std::vector<std::string> taken(LineBuffer& buffer, std::size_t most = 100) {
    std::vector<std::string> lines;
    for (const auto line : buffer.take(most)) lines.emplace_back(line);
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("LineBuffer: cuts lines wherever the bytes are split") {
    const std::string text = "one\ntwo\r\n\n  \t\r\nthree";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        LineBuffer buffer(100);
        Lines lines;
        for (std::size_t at = 0; at < text.size(); at += size) {
            feed(buffer, std::string_view(text).substr(at, size));
            for (auto& line : taken(buffer)) lines.push_back(line);
        }
        CHECK(buffer.has_begun());
        buffer.finish();
        for (auto& line : taken(buffer)) lines.push_back(line);
        CHECK(lines == Lines{"one", "two\r", "three"});
        CHECK_FALSE(buffer.has_line());
        CHECK_FALSE(buffer.has_begun());
    }
}

TEST_CASE("LineBuffer: takes at most so many lines and keeps the rest") {
    LineBuffer buffer(100);
    feed(buffer, "1\n2\n\n3\n4");
    CHECK(taken(buffer, 2) == Lines{"1", "2"});
    CHECK(buffer.has_line());
    CHECK(taken(buffer, 2) == Lines{"3"});
    CHECK_FALSE(buffer.has_line());
    CHECK(buffer.has_begun());
    feed(buffer, "4\n");
    CHECK(taken(buffer, 2) == Lines{"44"});
}

TEST_CASE("LineBuffer: hands on the start of an oversized line and drops the rest of it only") {
    for (const std::size_t length : {10U, 11U, 12U, 100U, 100000U, 3000000U}) {
        LineBuffer buffer(10);
        const std::string line(length, 'x');
        feed(buffer, "a\n" + line);
        CHECK(taken(buffer) == Lines{"a"});
        CHECK(buffer.has_begun());
        feed(buffer, line.substr(0, 5) + "\nb\n");
        CHECK(taken(buffer) == Lines{"xxxxxxxxxxx", "b"});
        CHECK_FALSE(buffer.has_begun());
    }
    LineBuffer buffer(10);
    for (const auto& part : Lines{std::string(50, 'x'), "\n", std::string(10, 'y'), "\n", std::string(100000, 'z')})
        feed(buffer, part);
    buffer.finish();
    CHECK(taken(buffer) == Lines{std::string(11, 'x'), std::string(10, 'y'), std::string(11, 'z')});
}

TEST_CASE("LineBuffer: memory is bounded however long a line goes on, and given back") {
    LineBuffer buffer(100000);
    const std::string megabyte(1024 * 1024, 'x');
    for (int i = 0; i < 20; ++i) feed(buffer, megabyte);
    CHECK(buffer.capacity() <= 2 * (100001 + 2 * 256 * 1024));
    feed(buffer, "\n");
    CHECK(taken(buffer).at(0).size() == 100001);
    for (int i = 0; i < 20; ++i) {
        feed(buffer, "short\n");
        CHECK(taken(buffer) == Lines{"short"});
    }
    CHECK(buffer.capacity() <= 64 * 1024);
}

TEST_CASE("LineBuffer: an end without a line is no line") {
    LineBuffer buffer(10);
    buffer.finish();
    CHECK_FALSE(buffer.has_line());
    LineBuffer ended(10);
    feed(ended, "a\n");
    ended.finish();
    CHECK(taken(ended) == Lines{"a"});
    CHECK_FALSE(ended.has_line());
}
