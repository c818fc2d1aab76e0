// Whatever a server says, in whatever pieces: every mail is decided exactly once, and delivered only after its dot was sent.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "ilbud/delivery/reply_text.hpp"
#include "ilbud/delivery/smtp_session.hpp"
#include "ilbud/reply/cause.hpp"

namespace {

using namespace ilbud;

void must(bool holds) {
    if (!holds) std::abort();
}

void read_replies(std::string_view bytes) {
    ReplyReader reader(512);
    for (std::size_t at = 0; at < bytes.size(); at += 7) {
        reader.feed(bytes.substr(at, 7));
        while (true) {
            const auto reply = reader.next();
            if (!reply) return;
            if (!*reply) break;
            must((*reply)->code >= 200 && (*reply)->code < 600);
            must((*reply)->text.size() <= 500);
            for (const char c : (*reply)->text) must(c >= 0x20 && c < 0x7f);
        }
    }
}

// Whatever it says, a 4xx ends no mail, and nothing said before RCPT ends with a suppressed address.
void judge(std::string_view text) {
    for (const Stage stage : {Stage::greeting, Stage::auth, Stage::mail, Stage::recipient, Stage::data, Stage::final_dot}) {
        const auto reply = read_reply_text(text, stage);
        if (!reply) continue;
        const Cause cause = find_cause(*reply);
        must(!cause.reason.empty());
        if (reply->code < 500) must(!cause.permanent && cause.consequence != Consequence::suppress);
        if (stage < Stage::recipient) must(cause.consequence != Consequence::suppress);
    }
}

struct Fate {
    int decided = 0;
};

void collect(SmtpSession& session, std::map<SmtpSession::Ticket, Fate>& fates) {
    for (const auto& [ticket, reply] : session.take()) {
        const auto found = fates.find(ticket);
        must(found != fates.end());
        must(++found->second.decided == 1);
        if (reply.code / 100 == 2) must(reply.stage == Stage::final_dot && reply.content_sent);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    read_replies(input);
    judge(input);
    static_cast<void>(read_extensions(input));
    static_cast<void>(is_wire_path(input));
    static_cast<void>(inspect_content(input));
    if (input.size() < 2) return 0;

    Extensions extensions;
    extensions.pipelining = (input[0] & 1) != 0;
    extensions.smtputf8 = (input[0] & 2) != 0;
    const Envelope good{"a@b.dk", "c@d.dk"}, evil{"a@b.dk", "c@d>\r\nQUIT"};
    const std::string content = ".first\r\n\r\n.\r\nlast";
    SmtpSession session(extensions, true, 512);
    std::map<SmtpSession::Ticket, Fate> fates;
    SmtpSession::Ticket next = 1;
    // Each step is one byte that says what happens, and, for what is received, the bytes up to the next step.
    for (std::size_t at = 1; at < input.size(); ++at) {
        const auto step = static_cast<unsigned char>(input[at]);
        if (step == 1 && session.wants_mail()) {
            fates[next] = {};
            session.offer(next++, good, content);
        } else if (step == 2 && session.wants_mail()) {
            fates[next] = {};
            session.offer(next++, evil, content);
        } else if (step == 3) {
            const auto bytes = session.output();
            session.sent((bytes.size() + 1) / 2);
        } else if (step == 4) {
            while (!session.output().empty()) session.sent(session.output().size());
        } else if (step == 5) {
            if (const auto ticket = session.withdraw()) must(fates.erase(*ticket) == 1);
        } else if (step == 6 && session.idle()) {
            session.quit();
        } else if (step == 7) {
            session.timed_out();
        } else if (step >= 9) {
            std::size_t end = at;
            while (end < input.size() && static_cast<unsigned char>(input[end]) >= 9) ++end;
            session.receive(input.substr(at, end - at));
            at = end - 1;
        }
        collect(session, fates);
    }
    session.closed();
    collect(session, fates);
    for (const auto& [ticket, fate] : fates) must(fate.decided == 1);
    return 0;
}
