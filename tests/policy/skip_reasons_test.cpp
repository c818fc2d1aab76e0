#include <algorithm>
#include <set>

#include "support/example.hpp"

using namespace ilbud;
using namespace ilbud::test;

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
    for (const std::string_view queues :
         {"document_sent_before", "invoice_mailed_before", "cancelled_before", "superseded", "suppressed"})
        CHECK_FALSE(explain_skip(queues).empty());
    CHECK(explain_skip("because").empty());
    CHECK(explain_skip("").empty());
}

TEST_CASE("explain_skip: every shipped method that may not mail has a sentence of its own, and others have one, too") {
    std::set<std::string_view> sentences;
    for (const auto& method : shipped_methods())
        if (method.mails != MailedBy::always) CHECK(sentences.insert(explain_skip("method_" + method.name)).second);
    CHECK(sentences.size() == 9);
    CHECK_FALSE(explain_skip("method_girokort").empty());
    CHECK(sentences.insert(explain_skip("method_girokort")).second);
}

TEST_CASE("take_back: the step that named the mail says why there is none, and the others stay") {
    const Example example;
    Event event = invoiced();
    invoice_of(event).copy_to = {"kopi@holm.example"};
    for (const auto& [reason, rule] : {std::pair("invoice_mailed_before", "R23"), std::pair("cancelled_before", "R14"),
                                       std::pair("superseded", "R36"), std::pair("suppressed", "R7")}) {
        Decision decision = decided(example, event);
        REQUIRE(decision.mails.size() == 2);
        auto chain = decision.chain;
        take_back(chain, decision.mails[0], reason);
        REQUIRE(chain.size() == decision.chain.size());
        std::size_t changed = 0;
        for (std::size_t i = 0; i < chain.size(); ++i) {
            CHECK(chain[i].finding.find(decision.mails[0].id) == std::string::npos);
            if (chain[i].finding == decision.chain[i].finding) continue;
            ++changed;
            CHECK(chain[i].rule == rule);
            CHECK(chain[i].finding == "no invoice mail to aase@holm.example is made. " + std::string(explain_skip(reason)));
        }
        CHECK(changed == 1);
    }
}
