#include "ilbud/sign/signing_book.hpp"

#include <catch2/catch.hpp>

#include "support/dkim_verifier.hpp"
#include "support/read_mail.hpp"
#include "support/sample_mail.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const SigningKey& second_key() {
    static const SigningKey key = *SigningKey::from_pem(*new_rsa_key(), "ilbud2");
    return key;
}

KeysInForce both(int preferred) {
    return {{sample_keys().keys[0], second_key()}, preferred, sample_keys().keys[1]};
}

SigningChoice own(int slot, UsableKeys usable) {
    return {SignedBy::own, slot, usable, ""};
}

std::vector<std::string> selectors(const Result<Signer>& signer) {
    std::vector<std::string> out;
    if (signer)
        for (const auto& key : signer->keys->keys) out.push_back(key.selector());
    return out;
}

std::string signed_as(const SigningBook& book, std::string_view domain = "avisen.example") {
    const auto signer = book.signer(domain);
    return sign(sample_message(), *signer->keys, signer->domain, sample_now, sample_expiry)->bytes();
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("signing book: a domain of which nothing is known signs for itself with the preferred key") {
    const SigningBook first(both(0));
    CHECK(first.signer("avisen.example")->domain == "avisen.example");
    CHECK(selectors(first.signer("avisen.example")) == Names{"ilbud1", "ilbud-ed"});
    const SigningBook second(both(1));
    CHECK(selectors(second.signer("other.example")) == Names{"ilbud2", "ilbud-ed"});
}

TEST_CASE("R30: the book signs each domain with the key that is seen there, Ed25519 only where it is seen") {
    const SigningBook book(both(1),
                           {{"late.example", own(0, {{true, false}, false})}, {"full.example", own(1, {{true, true}, true})}});
    CHECK(selectors(book.signer("late.example")) == Names{"ilbud1"});
    CHECK(selectors(book.signer("full.example")) == Names{"ilbud2", "ilbud-ed"});
}

TEST_CASE("R27: a domain that cannot sign is signed by the platform's domain, or its mail waits with the reason") {
    const SigningChoice platform{SignedBy::platform, 0, {}, ""};
    const SigningChoice nobody{SignedBy::nobody, 0, {}, "the CNAME is gone"};
    const SigningBook book(both(0), {{"a.example", platform}, {"b.example", nobody}},
                           {"platform.example", 1, {{false, true}, false}});
    CHECK(book.signer("a.example")->domain == "platform.example");
    CHECK(selectors(book.signer("a.example")) == Names{"ilbud2"});
    CHECK(book.signer("b.example").error() == Error{"domain_unsigned", "b.example", "the CNAME is gone"});
    const SigningBook without(both(0), {{"a.example", platform}});
    CHECK(without.signer("a.example").error().code == "domain_unsigned");
}

TEST_CASE("R27: where a choice says so the platform's domain signs beside the domain itself, with RSA alone") {
    const SigningChoice twice{SignedBy::own, 0, {{true, true}, true}, "", true};
    const SigningChoices choices{
        {"grace.example", twice}, {"well.example", own(0, {{true, true}, true})}, {"ilbud.example", twice}};
    const SigningBook book(both(1), choices, {"ilbud.example", 1, {{true, true}, true}, false});
    const auto signer = book.signer("grace.example");
    CHECK(selectors(signer) == Names{"ilbud1", "ilbud-ed"});
    CHECK(signer->second.domain == "ilbud.example");
    REQUIRE(signer->second.keys != nullptr);
    CHECK(signer->second.keys->keys.size() == 1);
    CHECK(signer->second.keys->keys[0].selector() == "ilbud2");
    CHECK(book.signer("well.example")->second.keys == nullptr);
    CHECK(book.signer("unknown.example")->second.keys == nullptr);
    CHECK(book.signer("ilbud.example")->second.keys == nullptr);  // it is the other one itself
    const SigningBook always(both(1), {}, {"ilbud.example", 1, {{true, true}, true}, true});
    CHECK(always.signer("unknown.example")->second.domain == "ilbud.example");
    CHECK(SigningBook(both(1), choices, {}).signer("grace.example")->second.keys == nullptr);

    std::vector<SigningTask> tasks;
    tasks.push_back({sample_message(), signer->keys, signer->domain, sample_now, sample_expiry, signer->second});
    const auto signed_message = std::move(sign_all(std::move(tasks)).front());
    const auto domains = [&] {
        Names found;
        const auto header = signed_message->header;
        for (auto at = header.find(" d="); at != std::string::npos; at = header.find(" d=", at + 1))
            found.push_back(header.substr(at + 3, header.find(';', at) - at - 3));
        return found;
    }();
    CHECK(domains == Names{"grace.example", "grace.example", "ilbud.example"});
    CHECK(book.still_good(signed_message->bytes(), "grace.example"));
    const SigningBook withdrawn(both(1), choices, {"ilbud.example", 1, {{true, false}, true}, false});
    CHECK_FALSE(withdrawn.still_good(signed_message->bytes(), "grace.example"));
}

TEST_CASE("sign: a second domain without a key, or that is none, fails the message whole") {
    const KeyRing none;
    for (const SecondSigner& second : {SecondSigner{"ilbud.example", &none}, SecondSigner{"no domain", &sample_keys()}}) {
        std::vector<SigningTask> tasks;
        tasks.push_back({sample_message(), &sample_keys(), "avisen.example", sample_now, sample_expiry, second});
        CHECK(sign_all(std::move(tasks)).front().error().code == "signing_failed");
    }
}

TEST_CASE("signing book: a choice whose key is no longer in force makes the mail wait, never go unsigned") {
    auto keys = both(0);
    keys.slots[1].reset();
    const SigningBook book(keys, {{"a.example", own(1, {{false, true}, false})}});
    CHECK(book.signer("a.example").error().code == "domain_unsigned");
}

TEST_CASE("still_good: a stored message may go out while all its keys are in force under its name") {
    const auto message = signed_as(sample_book());
    CHECK(sample_book().still_good(message, "avisen.example"));
    CHECK(SigningBook(both(1)).still_good(message, "avisen.example"));  // the old key stays published
    const auto with = [&](UsableKeys usable) { return SigningBook(both(1), {{"avisen.example", own(1, usable)}}); };
    CHECK(with({{true, true}, true}).still_good(message, "avisen.example"));
    CHECK_FALSE(with({{false, true}, true}).still_good(message, "avisen.example"));
    CHECK_FALSE(with({{true, true}, false}).still_good(message, "avisen.example"));
    auto retired = both(1);
    retired.slots[0].reset();
    CHECK_FALSE(SigningBook(retired).still_good(message, "avisen.example"));
    CHECK_FALSE(sample_book().still_good(message, "other.example"));
}

TEST_CASE("still_good: a selector that has got another key is told from the one that signed") {
    const auto message = signed_as(sample_book());
    auto keys = sample_keys_in_force();
    keys.slots[0] = SigningKey::from_pem(*new_rsa_key(), "ilbud1").operator*();
    CHECK_FALSE(SigningBook(keys).still_good(message, "avisen.example"));
    keys = sample_keys_in_force();
    keys.ed25519 = SigningKey::from_pem(*new_ed25519_key(), "ilbud-ed").operator*();
    CHECK_FALSE(SigningBook(keys).still_good(message, "avisen.example"));
}

TEST_CASE("still_good: what the platform's domain signed stays good while that domain's key is seen") {
    const SigningChoices choices{{"avisen.example", {SignedBy::platform, 0, {}, ""}}};
    const SigningBook book(both(0), choices, {"platform.example", 0, {{true, false}, true}});
    const auto message = signed_as(book);
    CHECK(book.still_good(message, "avisen.example"));
    CHECK(SigningBook(both(0), {}, {"platform.example", 0, {{true, false}, true}}).still_good(message, "avisen.example"));
    CHECK_FALSE(
        SigningBook(both(0), choices, {"platform.example", 1, {{false, true}, true}}).still_good(message, "avisen.example"));
    CHECK_FALSE(SigningBook(both(0)).still_good(message, "avisen.example"));
}

TEST_CASE("still_good: a message without a signature, or with a changed header, is never good") {
    CHECK_FALSE(sample_book().still_good(sample_message().bytes(), "avisen.example"));
    CHECK_FALSE(sample_book().still_good("", "avisen.example"));
    CHECK_FALSE(sample_book().still_good("DKIM-Signature:", "avisen.example"));
    CHECK_FALSE(sample_book().still_good("DKIM-Signature: d=avisen.example; s=ilbud1; b=;\r\n\r\n", "avisen.example"));
    auto message = signed_as(sample_book());
    message.replace(message.find("Subject: "), 9, "Subject: x");
    CHECK_FALSE(sample_book().still_good(message, "avisen.example"));
}
