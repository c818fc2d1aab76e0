// Three ways into a DNS that is not ours, none of which is believed: "done" means that nothing refused, and KeyChange
// looks for the record afterwards. Updates are left to nsupdate, which knows TSIG and how a zone's primary is found, and
// anything else to a hook: every provider has an interface of its own. The record reaches them by standard input or the
// environment, never through a shell.
#include "ilbud/keys/key_publisher.hpp"

#include <cstdlib>

#include "ilbud/base/aside.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/secret.hpp"
#include "ilbud/base/text.hpp"
#include "ilbud/sign/sign.hpp"
#include "program.hpp"

namespace ilbud {
namespace {

// The look that follows each attempt is then all that happens, and the step stays due until it finds the record.
/// Somebody reads the record and puts it there.
class ManualPublisher final : public KeyPublisher {
 public:
    Task<Result<void>> publish(Publication /*publication*/) override { co_return Result<void>{}; }
};

// What the thread refers to outlives it: run_aside returns only when the thread has ended.
Task<Result<void>> run(Program program, const std::atomic<bool>& stop) {
    std::function<Result<void>()> work = [&program, &stop] { return run_program(program, stop); };
    auto result = co_await run_aside(std::move(work));
    co_return result;
}

class NsupdatePublisher final : public KeyPublisher {
 public:
    NsupdatePublisher(NsupdateSettings settings, const std::atomic<bool>& stop) : settings_(std::move(settings)), stop_(stop) {}

    Task<Result<void>> publish(Publication publication) override {
        Program program;
        program.command = {settings_.program.string(), "-v"};  // TCP: a long key's update fits no datagram
        if (!settings_.key_file.empty()) {
            // Read here as any secret is, so that a file others can read is refused each time; nsupdate reads it itself.
            const auto place = secret_place(settings_.key_file);
            const auto secret = read_secret(settings_.key_file);
            if (!secret) co_return secret.error();
            program.command.insert(program.command.end(), {"-k", place.string()});
        }
        program.input = nsupdate_script(settings_, publication);
        program.deadline = settings_.deadline;
        auto result = co_await run(std::move(program), stop_);
        co_return result;
    }

 private:
    NsupdateSettings settings_;
    const std::atomic<bool>& stop_;
};

class HookPublisher final : public KeyPublisher {
 public:
    HookPublisher(PublishHookSettings settings, const std::atomic<bool>& stop) : settings_(std::move(settings)), stop_(stop) {}

    Task<Result<void>> publish(Publication publication) override {
        // The same twice: variables for a shell script, one line of JSON for everything else.
        const std::string action = publication.withdraws ? "withdraw" : "publish";
        const auto line = zone_line(publication.target + '.', publication.record);
        Program program;
        program.command = settings_.command;
        program.environment = {"ILBUD_DKIM_ACTION=" + action, "ILBUD_DKIM_SELECTOR=" + publication.selector,
                               "ILBUD_DKIM_NAME=" + publication.target, "ILBUD_DKIM_RECORD=" + publication.record,
                               "ILBUD_DKIM_ZONE_LINE=" + line};
        JsonWriter(program.input)
            .begin_object()
            .field("action", action)
            .field("selector", publication.selector)
            .field("name", publication.target)
            .field("record", publication.record)
            .field("zone_line", line)
            .end_object();
        program.input += '\n';
        program.deadline = settings_.deadline;
        auto result = co_await run(std::move(program), stop_);
        co_return result;
    }

 private:
    PublishHookSettings settings_;
    const std::atomic<bool>& stop_;
};

// The tag list of RFC 6376 §3.2: calls each(name, value) until one answers false.
// White space around names and values is no part of them. A piece without '=' is passed over rather than refused, so that
// a record written by hand can still be compared.
template <class Each>
void for_each_tag(std::string_view record, Each each) {
    const auto trimmed = [](std::string_view text) {
        const auto from = text.find_first_not_of(" \t\r\n");
        return from == std::string_view::npos ? std::string_view{}
                                              : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
    };
    while (!record.empty()) {
        const auto tag = record.substr(0, record.find(';'));
        record.remove_prefix(std::min(record.size(), tag.size() + 1));
        const auto equals = tag.find('=');
        if (equals != std::string_view::npos && !each(trimmed(tag.substr(0, equals)), trimmed(tag.substr(equals + 1)))) return;
    }
}

}  // namespace

std::unique_ptr<KeyPublisher> make_publisher(const DkimSettings& dkim, const std::atomic<bool>& stop) {
    switch (dkim.publish) {
        case PublishBy::nsupdate:
            return std::make_unique<NsupdatePublisher>(dkim.nsupdate, stop);
        case PublishBy::hook:
            return std::make_unique<HookPublisher>(dkim.hook, stop);
        case PublishBy::manual:
            break;
    }
    return std::make_unique<ManualPublisher>();
}

// The other tags stay as they are and where they are: v= has to come first (RFC 6376 §3.6.1).
std::string revoked_record(std::string_view record) {
    std::string out;
    for_each_tag(record, [&](std::string_view name, std::string_view value) {
        out.append(out.empty() ? "" : "; ").append(name).append("=");
        if (name != "p") out.append(value);
        return true;
    });
    return out;
}

// The first p= is taken: a list with two of one name is invalid as a whole (§3.2), and no record of ours has two. White
// space inside the value is only where somebody folded it.
std::string public_part(std::string_view record) {
    std::string part;
    for_each_tag(record, [&](std::string_view name, std::string_view value) {
        if (name != "p") return true;
        for (const char c : value)
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') part += c;
        return false;
    });
    return part;
}

std::string nsupdate_script(const NsupdateSettings& settings, const Publication& publication) {
    // Delete and add travel in one message, up to `send`, and a server does all of it or nothing (RFC 2136): receivers
    // never find the name empty. Without server and zone nsupdate asks for the SOA itself.
    std::string script;
    if (!settings.server.empty()) script += "server " + settings.server + ' ' + std::to_string(settings.port) + '\n';
    if (!settings.zone.empty()) script += "zone " + settings.zone + ".\n";
    const auto name = publication.target + '.';
    // Rounded up: nsupdate counts in whole seconds, and a part of one must not become a TTL of zero.
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(settings.ttl).count();
    script += "update delete " + name + " TXT\n";
    // The strings of a zone line without the parentheses, which nsupdate does not know.
    // A character-string holds 255 bytes at most (RFC 1035 §3.3), too few for a key of 2048 bits.
    const auto line = zone_line(name, publication.record);
    const auto from = line.find('(') + 1;
    script += "update add " + name + ' ' + std::to_string(seconds) + " TXT" + line.substr(from, line.rfind(')') - from) + '\n';
    return script + "send\n";
}

}  // namespace ilbud
