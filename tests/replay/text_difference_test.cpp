#include "replay/text_difference.hpp"

#include <catch2/catch.hpp>

using namespace ilbud;

namespace {

std::string numbers(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += std::to_string(i) + "\n";
    return text;
}

}  // namespace

TEST_CASE("unified_difference: equal texts make none") {
    CHECK(unified_difference("", "").empty());
    CHECK(unified_difference(numbers(1, 9), numbers(1, 9)).empty());
}

TEST_CASE("unified_difference: a changed line stands with three lines around it, as diff -u has it") {
    auto now = numbers(1, 20);
    now.replace(now.find("10\n"), 3, "ten\n");
    CHECK(unified_difference(numbers(1, 20), now) == "@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n");
}

TEST_CASE("unified_difference: lines put in and taken out at the ends") {
    CHECK(unified_difference("a\n", "new\na\n") == "@@ -1 +1,2 @@\n+new\n a\n");
    CHECK(unified_difference("a\nb\n", "a\n") == "@@ -1,2 +1 @@\n a\n-b\n");
    CHECK(unified_difference("", "a\nb\n") == "@@ -0,0 +1,2 @@\n+a\n+b\n");
    CHECK(unified_difference("a\n", "") == "@@ -1 +0,0 @@\n-a\n");
}

TEST_CASE("unified_difference: changes that are near make one hunk, others make their own") {
    auto now = numbers(1, 30);
    now.replace(now.find("\n5\n"), 3, "\nfive\n");
    now.replace(now.find("\n11\n"), 4, "\neleven\n");
    now.replace(now.find("\n25\n"), 4, "\n");
    CHECK(unified_difference(numbers(1, 30), now) ==
          "@@ -2,13 +2,13 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n 10\n-11\n+eleven\n 12\n 13\n 14\n"
          "@@ -22,7 +22,6 @@\n 22\n 23\n 24\n-25\n 26\n 27\n 28\n");
}

TEST_CASE("unified_difference: a line that moved is taken out once and put in once") {
    CHECK(unified_difference("a\nb\nc\nd\n", "b\nc\nd\na\n") == "@@ -1,4 +1,4 @@\n-a\n b\n c\n d\n+a\n");
}

TEST_CASE("unified_difference: very long texts that have nothing in common are bounded") {
    const auto difference = unified_difference(numbers(1, 6000), numbers(10'000, 16'000));
    CHECK(difference.starts_with("@@ -1,6000 +1,6001 @@\n-1\n-2\n"));
    CHECK(difference.ends_with("+15999\n+16000\n"));
}
