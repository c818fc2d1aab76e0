#include "ilbud/letter/letter.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "support/dkim_verifier.hpp"
#include "support/mail_world.hpp"
#include "support/read_mail.hpp"
#include "support/sample_mail.hpp"
#include "support/temporary_folder.hpp"

using namespace ilbud;
using namespace ilbud::test;

namespace {

const TemplateSet& sample_templates() {
    static const auto loaded = load_templates(publisher());
    if (!loaded) throw std::runtime_error(to_text(loaded.error().front()));
    return *loaded;
}

Case invoice(std::optional<Attachment> pdf = std::nullopt) {
    auto sample = sample_case(Kind::invoice);
    data_of<Invoice>(sample).pdf = std::move(pdf);
    return sample;
}

Attachment at_path(std::string path) {
    return {"faktura.pdf", "application/pdf", "", std::move(path)};
}

Result<Message> letter(const Case& sample, const Settings& settings = publisher(), Time now = sample_now) {
    return write_letter(sample.mail, sample.event, {settings, sample_templates(), sample_keys_in_force()}, sample_book(), now);
}

// The attachment of `message`, decoded.
std::string attached(const Message& message) {
    const auto boundary = parameter(field_value(message.header, "Content-Type"), "boundary");
    return decode_base64_lines(split_parts(message.body, boundary).at(1).body);
}

// A folder for attachments beside something that nobody may read through it.
class AttachmentFolder {
 public:
    AttachmentFolder() {
        std::filesystem::create_directories(root_ / "in/sub");
        write("in/a.pdf", "%PDF a");
        write("in/sub/b.pdf", "%PDF b");
        write("secret.pdf", "secret");
    }

    void write(const std::string& path, const std::string& text) const { std::ofstream(root_ / path, std::ios::binary) << text; }
    void link(const std::string& to, const std::string& path) const { std::filesystem::create_symlink(root_ / to, root_ / path); }
    [[nodiscard]] std::filesystem::path operator/(const std::string& path) const { return root_ / path; }

    [[nodiscard]] Settings settings() const {
        auto settings = publisher();
        settings.platform.folder = root_.path();
        settings.platform.intake.attachments = "in";
        return settings;
    }
    [[nodiscard]] std::string refusal(const std::string& path) const {
        const auto written = letter(invoice(at_path(path)), settings());
        return written ? "" : written.error().code;
    }

 private:
    TemporaryFolder root_;
};

}  // namespace

TEST_CASE("write_letter: an event's mail comes out whole and signed for the domain of From") {
    const auto message = letter(invoice());
    REQUIRE(message);
    CHECK(decode_words(field_value(message->header, "Subject")) == "Faktura 20250031 fra Morgenposten");
    CHECK(field_value(message->header, "Date") == "Tue, 24 Jun 2025 08:00:00 +0000");
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(signatures_of(*message).at(i).at("d") == "morgenposten.example");
        CHECK(verify(*message, i, sample_records()[i].text) == "");
    }
}

TEST_CASE("write_letter: mails of the kinds marked so can be left with one click, and every signature covers it (RFC 8058)") {
    auto settings = publisher();
    service_of(settings).unsubscribe_kinds = {Kind::welcome};
    service_of(settings).unsubscribe_url = "https://morgenposten.example/leave/{unit}?m={mail}&s={subscriber}&{x}";
    auto sample = sample_case(Kind::welcome);
    sample.event.subscriber.id = "10 47/æ";
    const auto message = letter(sample, settings);
    REQUIRE(message);
    CHECK(field_value(message->header, "List-Unsubscribe") ==
          "<https://morgenposten.example/leave/avis?m=" + sample.mail.id + "&s=10%2047%2F%C3%A6&{x}>");
    CHECK(field_value(message->header, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click");
    for (std::size_t i = 0; i < 2; ++i) {
        // Named once more than they occur, so that none can be added.
        CHECK(signatures_of(*message).at(i).at("h").find(
                  ":List-Unsubscribe:List-Unsubscribe:List-Unsubscribe-Post:List-Unsubscribe-Post:") != std::string::npos);
        CHECK(verify(*message, i, sample_records()[i].text) == "");
    }
    CHECK(letter(invoice(), settings)->header.find("List-Unsubscribe: ") == std::string::npos);
}

TEST_CASE("write_letter: a mail whose subscriber's id makes the address to leave by too long goes without it, and says so") {
    auto settings = publisher();
    service_of(settings).unsubscribe_kinds = {Kind::welcome};
    service_of(settings).unsubscribe_url = "https://morgenposten.example/{mail}?s={subscriber}";
    auto sample = sample_case(Kind::welcome);
    CHECK_FALSE(letter(sample, settings)->unsubscribe_left_out);
    sample.event.subscriber.id.clear();
    for (int i = 0; i < 100; ++i) sample.event.subscriber.id += "語";  // 9 bytes each, once encoded
    sample.event.subscriber.id += "0";
    const auto message = letter(sample, settings);
    REQUIRE(message);
    CHECK(message->unsubscribe_left_out);
    CHECK(message->header.find("\r\nList-Unsubscribe") == std::string::npos);
    const auto snapshot = Snapshot{settings, sample_templates(), sample_keys_in_force()};
    CHECK(write_letters({{&sample.mail, &sample.event}}, snapshot, sample_book(), sample_now).at(0)->unsubscribe_left_out);
}

TEST_CASE("write_draft: is the letter without its signatures") {
    const auto sample = invoice();
    const auto draft = write_draft(sample.mail, sample.event, publisher(), sample_templates(), sample_now);
    const auto signed_letter = letter(sample);
    REQUIRE((draft && signed_letter));
    CHECK(draft->header.find("DKIM-Signature") == std::string::npos);
    CHECK(signed_letter->bytes().ends_with(draft->bytes()));
}

TEST_CASE("write_letter: an invoice's PDF is attached from the event or from the folder") {
    const auto from_event = letter(invoice(Attachment{"faktura.pdf", "application/pdf", "%PDF x", ""}));
    REQUIRE(from_event);
    CHECK(attached(*from_event) == "%PDF x");
    const AttachmentFolder folder;
    for (const std::string path : {"a.pdf", "sub/b.pdf"}) {
        const auto message = letter(invoice(at_path(path)), folder.settings());
        REQUIRE(message);
        CHECK(attached(*message) == "%PDF " + path.substr(path.size() - 5, 1));
        CHECK(verify(*message, 0, sample_records()[0].text) == "");
    }
}

TEST_CASE("write_letter: an attachment path never leaves its folder, and only regular files are read") {
    const AttachmentFolder folder;
    folder.link("secret.pdf", "in/link.pdf");
    folder.link("in/a.pdf", "in/inner.pdf");
    folder.link(".", "in/up");
    REQUIRE(::mkfifo((folder / "in/pipe").c_str(), 0600) == 0);
    for (const std::string path : {"../secret.pdf", "sub/../../secret.pdf", "/etc/passwd", "./a.pdf", "sub//b.pdf", "sub/",
                                   "link.pdf", "inner.pdf", "up/secret.pdf", "a.pdf/x", "sub", "pipe"}) {
        INFO(path);
        CHECK(folder.refusal(path) == "invalid_attachment");
    }
    CHECK(folder.refusal(std::string("a.pdf\0x", 7)) == "invalid_attachment");
    CHECK(folder.refusal(std::string(300, 'x') + ".pdf") == "invalid_attachment");
    CHECK(folder.refusal("none.pdf") == "attachment_missing");
    CHECK(folder.refusal("none/a.pdf") == "attachment_missing");
    CHECK(letter(invoice(at_path("a.pdf"))).error().code == "attachment_missing");  // no folder is set
}

TEST_CASE("read_attachment: a file that gives fewer bytes than it has is not sent cut") {
    // Files of sysfs say that they have a page, and then give what there is.
    const std::filesystem::path folder = "/sys/kernel";
    if (!std::filesystem::exists(folder / "uevent_seqnum")) return;
    REQUIRE(std::filesystem::file_size(folder / "uevent_seqnum") == 4096);
    const auto cut = read_attachment({folder, "uevent_seqnum", 10'000});
    REQUIRE_FALSE(cut);
    CHECK(cut.error().code == "attachment_changed");
}

TEST_CASE("write_letter: attachments and mails have a largest size") {
    const AttachmentFolder folder;
    auto settings = folder.settings();
    settings.platform.intake.attachment_bytes_max = 6;
    CHECK(letter(invoice(at_path("a.pdf")), settings));
    settings.platform.intake.attachment_bytes_max = 5;
    CHECK(letter(invoice(at_path("a.pdf")), settings).error().code == "attachment_too_large");
    settings = publisher();
    settings.platform.mail_bytes_max = 500;
    CHECK(letter(invoice(), settings).error().code == "too_large");
}

TEST_CASE("S13: a signature outlives the last possible attempt") {
    const auto planned = invoice().mail.planned_at;
    const auto expiry = [&](const Settings& settings, Time now) {
        return std::stoll(signatures_of(*letter(invoice(), settings, now)).at(0).at("x")) - planned.time_since_epoch() / 1s;
    };
    auto settings = publisher();
    settings.platform.delivery.retry[static_cast<std::size_t>(Kind::invoice)].give_up_after = 24h * 5;
    settings.platform.dkim.valid_beyond_retry = 24h * 2;
    CHECK(expiry(settings, planned) == 7 * 86400);
    CHECK(expiry(settings, planned + 24h) == 7 * 86400);
    CHECK(expiry(settings, planned + 24h * 30) == 32 * 86400);  // a mail that waited too long, sent all the same
}

TEST_CASE("write_letter: what render or compose refuse is refused") {
    auto unknown = invoice();
    unknown.event.unit = unknown.mail.unit = "nobody";
    CHECK(letter(unknown).error().code == "unknown_unit");
    auto split = invoice();
    split.mail.to = "a@b.example\r\nBcc: c@d.example";
    CHECK(letter(split).error().code == "invalid_header");
    const auto sample = invoice();
    const Snapshot without_keys{publisher(), sample_templates(), {}};
    CHECK(write_letter(sample.mail, sample.event, without_keys, SigningBook({}), sample_now).error().code == "signing_failed");
}

TEST_CASE("write_letters: each letter is as write_letter writes it, and one that fails leaves the others") {
    const auto good = invoice();
    auto bad = invoice(at_path("a.pdf"));
    bad.mail.id[0] = 'z';
    const Snapshot snapshot{publisher(), sample_templates(), sample_keys_in_force()};
    const std::vector<LetterOrder> orders{{&good.mail, &good.event},
                                          {&bad.mail, &bad.event},
                                          {&good.mail, &good.event},
                                          {&good.mail, &good.event},
                                          {&good.mail, &good.event}};
    const auto letters = write_letters(orders, snapshot, sample_book(), sample_now);
    REQUIRE(letters.size() == orders.size());
    for (std::size_t i = 0; i < letters.size(); ++i) {
        if (i == 1) continue;
        REQUIRE(letters[i]);
        CHECK(letters[i]->bytes() == letter(good)->bytes());
    }
    CHECK(letters[1].error().code == "attachment_missing");
}
