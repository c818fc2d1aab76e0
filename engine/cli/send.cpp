// Feeder sees to it that every line has its answer; this file is what a person sees of it: where lines come
// from, a progress line, and a summary. Standard output holds results only (the summary, or every answer with
// --verbose), refusals and progress go to standard error, so that the command can stand in a pipe.
#include <simdjson.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>

#include "cli/commands.hpp"
#include "cli/feeder.hpp"
#include "cli/found_platform.hpp"
#include "cli/line_input.hpp"
#include "cli/output.hpp"
#include "ilbud/policy/decide.hpp"

namespace ilbud {
namespace {

using Steady = std::chrono::steady_clock;

/// Counts what was answered and, on a terminal, draws how far it is.
class Progress {
 public:
    Progress(bool drawn, std::uint64_t bytes_total) : drawn_(drawn), bytes_total_(bytes_total) {}

    void count(AnswerStatus status, std::size_t line_bytes) {
        ++counts_[static_cast<std::size_t>(status)];
        bytes_ += line_bytes + 1;
    }

    // Five times a second is as fast as one can read; `last` draws in any case.
    void draw(bool last = false) {
        const auto now = Steady::now();
        if (!drawn_ || (!last && now - drawn_at_ < std::chrono::milliseconds(200))) return;
        drawn_at_ = now;
        std::string line = "\r\x1b[K" + with_commas(answered()) + " events";
        // By bytes, since the number of lines is known only at the end. Line ends are counted with the lines,
        // so a file ends near 100 %; blank lines, which nobody answers, are not.
        if (bytes_total_ > 0) {
            const double part = std::min(1.0, static_cast<double>(bytes_) / static_cast<double>(bytes_total_));
            const auto full = static_cast<std::size_t>(part * 30);
            line += "  [" + std::string(full, '#') + std::string(30 - full, ' ') + "] " +
                    std::to_string(static_cast<int>(part * 100)) + " %";
        }
        line += "  " + with_commas(static_cast<std::uint64_t>(rate())) + "/s";
        // Refused events are shown while it runs: whoever feeds a million wants
        // to stop at the first thousand refusals.
        if (refused() > 0) line += "  " + with_commas(refused()) + " refused";
        if (last) line += "\n";
        std::fwrite(line.data(), 1, line.size(), stderr);
    }

    void clear() const {
        if (drawn_) std::fputs("\r\x1b[K", stderr);
    }

    [[nodiscard]] std::uint64_t of(AnswerStatus status) const { return counts_[static_cast<std::size_t>(status)]; }
    // A conflict is a refusal, too: the event was not taken, the earlier one of that id stands (R1). Busy is no
    // answer in this sense, for the line goes out again.
    [[nodiscard]] std::uint64_t refused() const { return of(AnswerStatus::rejected) + of(AnswerStatus::conflict); }
    [[nodiscard]] std::uint64_t answered() const { return of(AnswerStatus::accepted) + of(AnswerStatus::duplicate) + refused(); }
    [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Steady::now() - started_).count(); }
    // From the start to now, reconnects and waiting included: what the user has experienced.
    [[nodiscard]] double rate() const { return seconds() > 0 ? static_cast<double>(answered()) / seconds() : 0; }

 private:
    bool drawn_;
    std::uint64_t bytes_total_;
    std::uint64_t bytes_ = 0;
    std::array<std::uint64_t, words<AnswerStatus>.size()> counts_{};
    Steady::time_point started_ = Steady::now();
    Steady::time_point drawn_at_{};
};

// "unanswered" may have been stored or not; sending the file again is safe and clears it up.
std::string summary(const Progress& progress, std::size_t unanswered, bool json) {
    std::string out;
    if (json) {
        JsonWriter(out)
            .begin_object()
            .field("accepted", progress.of(AnswerStatus::accepted))
            .field("duplicate", progress.of(AnswerStatus::duplicate))
            .field("conflict", progress.of(AnswerStatus::conflict))
            .field("rejected", progress.of(AnswerStatus::rejected))
            .field("unanswered", unanswered)
            .field("seconds", progress.seconds())
            .end_object();
        return out + "\n";
    }
    out = with_commas(progress.of(AnswerStatus::accepted)) + " accepted, " + with_commas(progress.of(AnswerStatus::duplicate)) +
          " duplicate, " + with_commas(progress.of(AnswerStatus::conflict)) + " conflict, " +
          with_commas(progress.of(AnswerStatus::rejected)) + " rejected";
    if (unanswered > 0) out += ", " + with_commas(unanswered) + " unanswered";
    char tail[64];
    std::snprintf(tail, sizeof tail, " in %.2f s (%.0f/s)\n", progress.seconds(), progress.rate());
    return out + tail;
}

std::string text(const simdjson::dom::element& from, const char* name) {
    std::string_view value;
    return from[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

// "data.copyto: not known; is data.copy_to meant?"
std::string ignored_for_people(const simdjson::dom::element& ignored) {
    const auto nearest = text(ignored, "nearest");
    return text(ignored, "field") + ": not known" + (nearest.empty() ? "" : "; is " + nearest + " meant?");
}

/// Tells of each field that had no effect and may have been meant as another one, once: a file has the same slip in every line.
class Slips {
 public:
    void tell(std::string_view answer, const Progress& progress) {
        if (answer.find(R"("nearest":)") == std::string_view::npos || told_.size() >= told_max) return;
        simdjson::dom::parser parser;
        simdjson::dom::element parsed;
        simdjson::dom::array list;
        if (parser.parse(answer.data(), answer.size()).get(parsed) != simdjson::SUCCESS) return;
        if (parsed["ignored"].get(list) != simdjson::SUCCESS) return;
        for (const simdjson::dom::element ignored : list) {
            if (text(ignored, "nearest").empty() || !told_.insert(text(ignored, "field")).second) continue;
            progress.clear();
            print_error("ignored: " + on_one_line(ignored_for_people(ignored), 1000) + " (event " +
                        on_one_line(text(parsed, "id")) + "; later ones are not told)");
        }
    }

 private:
    static constexpr std::size_t told_max = 20;
    std::set<std::string> told_;
};

// One event's answer for people: "accepted evt-1  welcome to a@example.com; receipt skipped (charge_failed)".
// The answer is JSON made by the daemon, but its ids and addresses are a
// stranger's: whoever prints this escapes it.
std::string answer_for_people(std::string_view answer) {
    // A parser an answer: only --verbose comes here, where printing costs far more.
    simdjson::dom::parser parser;
    simdjson::dom::element parsed;
    if (parser.parse(answer.data(), answer.size()).get(parsed) != simdjson::SUCCESS) return on_one_line(answer, 1000);
    std::string out = text(parsed, "status") + "  " + text(parsed, "id");
    simdjson::dom::array list;
    if (parsed["mails"].get(list) == simdjson::SUCCESS)
        for (const simdjson::dom::element mail : list) out += "\n    mail     " + text(mail, "kind") + " to " + text(mail, "to");
    if (parsed["skipped"].get(list) == simdjson::SUCCESS)
        for (const simdjson::dom::element skip : list) {
            const auto reason = text(skip, "reason");
            out += "\n    skipped  " + text(skip, "kind") + ": " + reason + ": " + std::string(explain_skip(reason));
            if (bool undeliverable = false; skip["undeliverable"].get(undeliverable) == simdjson::SUCCESS && undeliverable)
                out += " It is undeliverable: who was to get it must be reached in another way.";
        }
    if (parsed["ignored"].get(list) == simdjson::SUCCESS)
        for (const simdjson::dom::element ignored : list) out += "\n    ignored  " + ignored_for_people(ignored);
    simdjson::dom::element error;
    if (parsed["error"].get(error) == simdjson::SUCCESS)
        // What is wrong with the line as a whole has no field.
        out += "\n    error    " + text(error, "code") + (text(error, "field").empty() ? "" : " " + text(error, "field")) + ": " +
               text(error, "detail");
    return out;
}

// `text` with its own line breaks kept and everything else that could steer a terminal escaped.
// on_one_line would fold the lines of one answer together; here each keeps its own.
std::string line_by_line(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        out += on_one_line(std::string_view(text).substr(at, end - at), 1000) + "\n";
        at = end + 1;
    }
    return out;
}

// Given on the command line, the socket needs no settings at all.
Result<std::filesystem::path> event_socket(const CommonOptions& common, const SendOptions& options) {
    if (!options.socket.empty()) return options.socket;
    const auto found = found_platform(common);
    if (!found) return found.error();
    if (const auto its = is_its_daemon(common, *found); !its) return its.error();
    return found->platform.intake.socket;
}

}  // namespace

int send_command(const CommonOptions& common, const SendOptions& options) {
    const auto socket = event_socket(common, options);
    if (!socket) return refuse({socket.error()}, common.json);
    // Opened before anything is connected: a missing file is told at once.
    LineInput input(options.file);
    if (!input) {
        print_error(options.file + ": cannot be read: " + std::strerror(errno));
        return 1;
    }
    Slips slips;
    Progress progress(!options.quiet && ::isatty(STDERR_FILENO) == 1, input.bytes_total());

    // The callbacks refer to `input`, `slips` and `progress`, which outlive the feeder.
    FeederCallbacks callbacks;
    callbacks.next = [&] { return input.next(); };
    callbacks.waits = [&] { return input.waits(); };
    callbacks.descriptor = input.descriptor();
    callbacks.answered = [&](AnswerStatus status, std::string_view answer, std::string_view line) {
        progress.count(status, line.size());
        if (options.verbose) {
            progress.clear();
            print(common.json ? std::string(answer) + "\n" : line_by_line(answer_for_people(answer)));
            return;
        }
        // Only what needs a person is told without --verbose.
        slips.tell(answer, progress);
        if (status != AnswerStatus::rejected && status != AnswerStatus::conflict) return;
        progress.clear();
        print_error("refused: " + on_one_line(answer, 1000));
    };
    callbacks.turning = [&](std::size_t) { progress.draw(); };
    Feeder feeder(*socket, options.window, options.patience, std::move(callbacks));
    const auto done = feeder.run();
    progress.clear();
    // Told as text even with --json: the summary that follows is the JSON.
    if (!done) print_errors({done.error()}, false);
    if (input.broken()) print_error(options.file + ": could not be read to its end");
    if (!options.quiet) print(summary(progress, feeder.unanswered(), common.json));
    // 0 only if every event of the whole input is in: accepted now, or stored before.
    return done && !input.broken() && progress.refused() == 0 ? 0 : 1;
}

}  // namespace ilbud
