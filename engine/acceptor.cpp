#include "acceptor.hpp"

#include <algorithm>

#include "ilbud/intake/event.hpp"
#include "ilbud/policy/decide.hpp"

namespace ilbud {

struct Acceptor::Batch {
    std::vector<Answer> answers;
    std::vector<Entry> entries;
    std::vector<std::size_t> answer_of_entry;
};

Task<std::string> Acceptor::handle(std::vector<std::string_view> lines) {
    const auto snapshot = snapshots_.current();
    Batch batch;
    batch.answers.reserve(lines.size());
    batch.entries.reserve(lines.size());
    for (const auto line : lines) read(*snapshot, line, batch);
    if (!batch.entries.empty()) {
        auto accepted = co_await queue_.accept(std::move(batch.entries));
        for (std::size_t i = 0; i < accepted.size(); ++i) answer(batch.answers[batch.answer_of_entry[i]], std::move(accepted[i]));
    }
    std::string text;
    text.reserve(batch.answers.size() * 256);
    for (const auto& answer : batch.answers) {
        note(answer);
        append_line(text, answer);
    }
    co_return text;
}

// Reads and decides one line: either an entry for the store or an answer that says what is wrong.
void Acceptor::read(const Snapshot& snapshot, std::string_view line, Batch& batch) const {
    const auto& intake = snapshot.settings.platform.intake;
    auto& answer = batch.answers.emplace_back();
    auto event = parse_event(line, {.bytes_max = std::min(intake.event_bytes_max, line_bytes_max_), .depth_max = intake.depth_max});
    if (!event) {
        auto name = name_of_event(line);
        answer.id = std::move(name.id);
        answer.source = std::move(name.source);
        answer.status = AnswerStatus::rejected;
        answer.error = event.error();
        return;
    }
    answer.id = event->id;
    answer.source = event->source;
    auto decision = decide(snapshot.settings, *event, clock_.now());
    if (!decision) {
        answer.status = AnswerStatus::rejected;
        answer.error = decision.error();
        return;
    }
    batch.answer_of_entry.push_back(batch.answers.size() - 1);
    batch.entries.push_back({std::make_shared<const Event>(std::move(*event)), std::move(*decision)});
}

void Acceptor::answer(Answer& answer, Accepted accepted) const {
    switch (accepted.status) {
        case Accepted::Status::accepted: answer.status = AnswerStatus::accepted; break;
        case Accepted::Status::duplicate: answer.status = AnswerStatus::duplicate; break;
        case Accepted::Status::conflict:
            answer.status = AnswerStatus::conflict;
            answer.error = Error{"conflict", "id", "an event with this source and id and another body came before; the first one stands"};
            return;
        case Accepted::Status::busy:
            answer.status = AnswerStatus::busy;
            answer.error = Error{accepted.busy_reason, "", "not stored; send it again later"};
            return;
    }
    for (auto& mail : accepted.mails) answer.mails.push_back({std::move(mail.id), mail.kind, std::move(mail.to)});
    for (auto& skip : accepted.skipped) answer.skipped.push_back({skip.kind, std::move(skip.reason)});
    for (const auto& id : accepted.withdrawn)
        log_.info("mail.superseded", {{"mail", id}, {"source", answer.source}, {"event", on_one_line(answer.id)}});
}

void Acceptor::note(const Answer& answer) const {
    const auto id = on_one_line(answer.id);
    switch (answer.status) {
        case AnswerStatus::accepted:
            ++counters_.events_accepted;
            counters_.mails_planned += answer.mails.size();
            counters_.mails_skipped += answer.skipped.size();
            log_.info("event.accepted", {{"source", answer.source}, {"id", id}, {"mails", answer.mails.size()}, {"skipped", answer.skipped.size()}});
            for (const auto& mail : answer.mails)
                log_.info("mail.planned", {{"mail", mail.id}, {"kind", to_word(mail.kind)}, {"to", mail.to}, {"event", id}});
            for (const auto& skip : answer.skipped)
                log_.info("mail.skipped", {{"kind", to_word(skip.kind)}, {"reason", skip.reason}, {"event", id}});
            return;
        case AnswerStatus::duplicate: ++counters_.events_duplicate; break;
        case AnswerStatus::conflict: ++counters_.events_conflict; break;
        case AnswerStatus::rejected: ++counters_.events_rejected; break;
        case AnswerStatus::busy: ++counters_.events_busy; break;
    }
    const auto level = answer.status == AnswerStatus::duplicate ? LogLevel::info : LogLevel::warning;
    const Error none;
    const auto& error = answer.error ? *answer.error : none;
    log_.write(level, "event." + std::string(to_word(answer.status)),
               {{"source", answer.source}, {"id", id}, {"code", error.code}, {"field", error.place}, {"detail", error.detail}});
}

}  // namespace ilbud
