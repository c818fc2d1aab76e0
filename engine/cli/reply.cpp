// `ilbud reply`: for whoever holds a server's words and wonders why a mail waits, or an address is suppressed. The bytes
// take the way of the session's: the same reader, the same table.
#include <iostream>
#include <iterator>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "ilbud/base/json.hpp"
#include "ilbud/base/log.hpp"
#include "ilbud/delivery/reply_text.hpp"
#include "ilbud/reply/cause.hpp"

namespace ilbud {
namespace {

constexpr std::size_t input_bytes_max = 65536;  // as read_reply_text: what is longer is no reply

std::string_view sentence(const Cause& cause) {
    switch (cause.consequence) {
        case Consequence::delivered:
            return "delivered: the server has taken the mail";
        case Consequence::retry:
            return "retry: the mail waits and goes out again";
        case Consequence::bounce:
            return "bounce: the mail has failed; the address gets other mail";
        case Consequence::suppress:
            return "suppress: the mail has failed, and the address gets no more mail";
        case Consequence::next_relay:
            return cause.permanent ? "next_relay: another relay is tried at once; if none takes the mail, it has failed"
                                   : "next_relay: another relay is tried at once; if none takes the mail, it waits";
        case Consequence::pause_relay:
            return "pause_relay: this relay is left alone for a while, its mail goes by others or waits";
    }
    return {};
}

}  // namespace

int reply_command(const CommonOptions& common, const ReplyOptions& options) {
    std::string text = options.text;
    if (text == "-") {
        text.clear();
        for (std::istreambuf_iterator<char> at(std::cin), end; at != end && text.size() <= input_bytes_max; ++at) text += *at;
    }
    const auto reply = read_reply_text(text, options.stage);
    if (!reply) return refuse({reply.error()}, common.json);
    const Cause cause = find_cause(*reply);
    std::string out;
    if (common.json) {
        JsonWriter(out)
            .begin_object()
            .field("cause", cause.reason)
            .field("consequence", to_word(cause.consequence))
            .field("permanent", cause.permanent)
            .field("concerns", to_word(cause.concern))
            .field("code", reply->code)
            .field("enhanced", reply->enhanced)
            .end_object();
        out += '\n';
    } else {
        // The word alone on the first line, for scripts.
        out = std::string(cause.reason) + "\n" + std::string(sentence(cause)) +
              "\nconcerns: " + std::string(to_word(cause.concern)) + "\nread as: " + std::to_string(reply->code) +
              (reply->enhanced.empty() ? "" : " " + reply->enhanced) + " " + on_one_line(reply->text, 1000) + "\n";
    }
    print(out);
    return 0;
}

}  // namespace ilbud
