#include <algorithm>
#include <set>

#include "support/example.hpp"

using namespace ilbud;

TEST_CASE("skip_reasons: names are unique and snake_case, sentences are whole") {
    std::set<std::string_view> names;
    for (const SkipReason& reason : skip_reasons()) {
        INFO(reason.name);
        CHECK(names.insert(reason.name).second);
        CHECK(std::all_of(reason.name.begin(), reason.name.end(), [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); }));
        CHECK(reason.sentence.size() > 20);
        CHECK(reason.sentence.ends_with('.'));
    }
}

TEST_CASE("explain_skip: knows every reason, the queue's too, and nothing else") {
    for (const SkipReason& reason : skip_reasons()) CHECK(explain_skip(reason.name) == reason.sentence);
    for (const std::string_view queues : {"invoice_mailed_before", "cancelled_before", "superseded", "suppressed"})
        CHECK_FALSE(explain_skip(queues).empty());
    CHECK(explain_skip("because").empty());
    CHECK(explain_skip("").empty());
}
