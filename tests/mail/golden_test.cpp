// The mails of every kind as files to read: tests/golden/<locale>/<case>.txt and .html. ILBUD_UPDATE_GOLDEN=1 writes them anew.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include "support/mail_world.hpp"
#include "support/testdata.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

struct Golden {
    std::string name;
    Case sample;
    Settings settings;
};

// As sample_case, with the account's words, so that one locale's list reads like a list.
class Cases {
 public:
    explicit Cases(Locale locale) : locale_(locale), en_(locale == Locale::en) {
        for (std::size_t i = 0; i < subscriber_kind_count; ++i) add(std::string(words<Kind>[i]), static_cast<Kind>(i));
        sign_ups();
        endings();
        papers();
    }
    std::vector<Golden> all;

 private:
    Golden& add(std::string name, Kind kind) {
        all.push_back({std::move(name), sample_case(kind, locale_), publisher()});
        return all.back();
    }
    Golden& add_for(std::string name, Kind kind, CustomerTerm customer, RelationTerm relation) {
        Golden& golden = add(std::move(name), kind);
        golden.settings.accounts["forlag"].customer_term = customer;
        golden.settings.accounts["forlag"].relation_term = relation;
        return golden;
    }
    static void three(Golden& golden) {
        data_of<SignUp>(golden.sample).subscriptions = {{"2201", "Morgenposten", "Forår 2025", at("2025-06-02T00:00:00Z")},
                                                        {"2202", "Weekendavisen", "", at("2025-06-24T10:00:00Z")},
                                                        {"2203", "Magasinet Rum & Form", "", {}}};
    }

    void sign_ups() {
        three(add("confirmation_several", Kind::confirmation));
        add_for("confirmation_member", Kind::confirmation, CustomerTerm::member, RelationTerm::membership);
        three(add_for("confirmation_members_several", Kind::confirmation, CustomerTerm::member, RelationTerm::membership));
        three(add("welcome_several", Kind::welcome));
        add_for("welcome_member", Kind::welcome, CustomerTerm::member, RelationTerm::membership);
        three(add_for("welcome_member_several", Kind::welcome, CustomerTerm::member, RelationTerm::membership));
        add_for("welcome_customer", Kind::welcome, CustomerTerm::customer, RelationTerm::subscription);
        Golden& future = add("welcome_starts_later", Kind::welcome);
        data_of<SignUp>(future.sample).subscriptions[0] = {"2201", "Morgenposten", "Forår 2025", at("2025-06-24T10:00:00Z")};
        Golden& gift = add("welcome_gift", Kind::welcome);
        data_of<SignUp>(gift.sample).gift = true;
        pay(gift);
        pay(add("welcome_payer", Kind::welcome));
        Golden& message = add("welcome_message", Kind::welcome);
        service_of(message.settings).welcome_message[locale_] =
            en_ ? "# Good morning, {{subscriber.name}}\n\nYour newspaper will be with you before the coffee.\n\n*Jens Lund*, "
                  "editor\n"
                : "# Godmorgen, {{subscriber.name}}\n\nDin avis er hos dig, før kaffen er klar.\n\n*Jens Lund*, chefredaktør\n";
        Golden& bare = add("welcome_without_self_service", Kind::welcome);
        service_of(bare.settings).self_service_url.clear();
        bare.sample.event.subscriber.email_unique = false;
    }
    static void pay(Golden& golden) {
        golden.sample.event.payer = Payer{"Bo Holm", "bo@example.org"};
        golden.sample.mail.to = "bo@example.org";
        golden.sample.mail.to_name = "Bo Holm";
    }

    void endings() {
        Golden& unpaid = add("stopped_unpaid", Kind::stopped);
        data_of<Ending>(unpaid.sample).delivered_unpaid = 24900;
        data_of<Ending>(unpaid.sample).other_open_invoices = 2;
        Golden& refund = add("stopped_refund_member", Kind::stopped);
        refund.settings.accounts["forlag"].customer_term = CustomerTerm::member;
        refund.settings.accounts["forlag"].relation_term = RelationTerm::membership;
        data_of<Ending>(refund.sample).refund_due = 12000;
        Golden& one = add("cancelled_one_other_invoice", Kind::cancelled);
        data_of<Ending>(one.sample).other_open_invoices = 1;
        data_of<Ending>(one.sample).ends = Ends::date;
        Golden& tomorrow = add("cancelled_tomorrow_refund", Kind::cancelled);
        data_of<Ending>(tomorrow.sample).ends_at = at("2025-06-03T10:00:00Z");
        data_of<Ending>(tomorrow.sample).refund_due = 12000;
        Golden& today = add("cancelled_today_member", Kind::cancelled);
        today.settings.accounts["forlag"].customer_term = CustomerTerm::member;
        today.settings.accounts["forlag"].relation_term = RelationTerm::membership;
        data_of<Ending>(today.sample).ends_at = at("2025-06-02T21:00:00Z");
    }

    void papers() {
        Golden& bare = add("receipt_without_invoice", Kind::receipt);
        Charge charge;
        charge.amount = 4900;
        charge.currency = "DKK";
        charge.charged_at = at("2025-06-02T09:29:00Z");
        bare.sample.event.data = charge;
        Golden& copy = add("invoice_copy", Kind::invoice);
        copy.sample.mail.copy = true;
        copy.sample.mail.to = "regnskab@example.org";
        copy.sample.mail.to_name.clear();
        Golden& part = add("invoice_part_paid", Kind::invoice);
        data_of<Invoice>(part.sample).open_amount = 25000;
        Golden& settled = add("invoice_settled_resent", Kind::invoice);
        data_of<Invoice>(settled.sample).open_amount = 0;
        data_of<Invoice>(settled.sample).resend = true;
        Golden& plain = add("invoice_plain_payer", Kind::invoice);
        data_of<Invoice>(plain.sample).payment_url.clear();
        data_of<Invoice>(plain.sample).pdf.reset();
        data_of<Invoice>(plain.sample).lines.resize(1);
        data_of<Invoice>(plain.sample).total = 104700;
        data_of<Invoice>(plain.sample).vat = 0;
        pay(plain);
    }

    Locale locale_;
    bool en_;
};

void compare(const std::filesystem::path& file, const std::string& actual) {
    if (std::getenv("ILBUD_UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << actual;
        return;
    }
    INFO("golden file " << file << " (ILBUD_UPDATE_GOLDEN=1 writes it anew; read the difference)");
    REQUIRE(std::filesystem::exists(file));
    CHECK(actual == read_file(file));
}

}  // namespace

TEST_CASE("render: every kind of mail, in every locale and wording, reads as its golden file") {
    for (const Locale locale : {Locale::da, Locale::en}) {
        for (const Golden& golden : Cases(locale).all) {
            const Content content = must_render(golden.sample, golden.settings);
            const auto file =
                std::filesystem::path(ILBUD_SOURCE_DIR) / "tests/golden" / std::string(to_word(locale)) / golden.name;
            compare(file.string() + ".txt",
                    "Subject: " + content.subject + "\nPreheader: " + content.preheader + "\n\n" + content.text);
            compare(file.string() + ".html", content.html);
            CHECK(carries_note(content, golden.sample.event, service_of(golden.settings)));
        }
    }
}

TEST_CASE("render: a notice of every cause, in every language, reads as its golden file") {
    const Settings settings = publisher();
    const auto templates = load_templates(settings);
    REQUIRE(templates);
    for (const auto locale : words<Locale>) {
        for (const auto cause : words<NoticeCause>) {
            const Content content =
                must_render(sample_notice(*from_word<NoticeCause>(cause), *from_word<Locale>(locale)), settings, *templates);
            const auto file = std::filesystem::path(ILBUD_SOURCE_DIR) / "tests/golden" / std::string(locale) /
                              ("notice_" + std::string(cause));
            compare(file.string() + ".txt",
                    "Subject: " + content.subject + "\nPreheader: " + content.preheader + "\n\n" + content.text);
            compare(file.string() + ".html", content.html);
        }
    }
}
