// The one place that knows that events come as lines: other doors make Arrivals in their own way and share the acceptor.
#include "event_lines.hpp"

namespace ilbud {
namespace {

constexpr std::size_t answer_bytes_usual = 256;  // reserved for each; a guess that saves growing the text

}  // namespace

Task<std::string> EventLines::handle(std::vector<std::string_view> lines) {
    const auto snapshot = snapshots_.current();
    const auto& intake = snapshot->settings.platform.intake;
    // The smaller of the two: a reload may raise event_bytes_max, but the socket goes on cutting lines at the value that
    // it was opened with, and a line that was cut must be told too_large, not broken JSON.
    const EventLimits limits{.bytes_max = std::min(intake.event_bytes_max, line_bytes_max_),
                             .depth_max = intake.depth_max,
                             .mail_bytes_max = snapshot->settings.platform.mail_bytes_max};
    std::vector<Arrival> arrivals;
    arrivals.reserve(lines.size());
    for (const auto line : lines) arrivals.push_back(read_arrival(line, limits));
    const auto answers = co_await acceptor_.accept(std::move(arrivals));
    std::string text;
    text.reserve(answers.size() * answer_bytes_usual);
    for (const auto& answer : answers) append_line(text, answer);
    co_return text;
}

}  // namespace ilbud
