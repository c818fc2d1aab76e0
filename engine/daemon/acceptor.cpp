// A batch is one operation of the store and shares its commit: a client that sends many lines at once pays for one sync.
// What is refused needs no store, and a batch of refusals does not wake its thread. Nothing is said of an event, not even
// in the log, before the store has answered.
#include "acceptor.hpp"

#include <algorithm>
#include <utility>

#include "ilbud/policy/decide.hpp"

namespace ilbud {

// Answers are in the order of the arrivals, entries only of those that are to be stored; answer_of_entry leads from one
// to the other.
struct Acceptor::Batch {
    std::vector<Answer> answers;
    std::vector<Entry> entries;
    std::vector<std::size_t> answer_of_entry;
};

Task<std::vector<Answer>> Acceptor::accept(std::vector<Arrival> arrivals) {
    // One for the whole batch, and held until its end: what one client sent together is decided by one set of settings.
    const auto snapshot = snapshots_.current();
    Batch batch;
    batch.answers.reserve(arrivals.size());
    batch.entries.reserve(arrivals.size());
    for (auto& arrival : arrivals) decide_on(*snapshot, arrival, batch);
    if (!batch.entries.empty()) {
        auto accepted = co_await queue_.accept(std::move(batch.entries));
        for (std::size_t i = 0; i < accepted.size(); ++i) fill(batch.answers[batch.answer_of_entry[i]], std::move(accepted[i]));
    }
    for (const auto& answer : batch.answers) tell(answer);
    // A member of a local is copied unless it is told otherwise.
    co_return std::move(batch.answers);
}

// Takes the event out of `arrival`: either an entry for the store or an answer that says what is wrong.
void Acceptor::decide_on(const Snapshot& snapshot, Arrival& arrival, Batch& batch) const {
    auto& answer = batch.answers.emplace_back();
    auto& event = arrival.event;
    if (!event) {
        answer.id = std::move(arrival.name.id);
        answer.source = std::move(arrival.name.source);
        answer.status = AnswerStatus::rejected;
        answer.error = event.error();
        return;
    }
    answer.id = event->id;
    answer.source = event->source;
    answer.ignored = std::move(event->ignored);
    // Before the store has looked whether the event is known. A duplicate is decided for nothing, which spares all the
    // others a question to the store.
    auto decision = decide(snapshot.settings, *event, clock_.now());
    if (!decision) {
        answer.status = AnswerStatus::rejected;
        answer.error = decision.error();
        return;
    }
    batch.answer_of_entry.push_back(batch.answers.size() - 1);
    batch.entries.push_back({std::make_shared<const Event>(std::move(*event)), std::move(*decision)});
}

// Mails and skips come from the store and not from the decision: it alone knows what was mailed before, is suppressed, or
// is withdrawn by this event (R7, R14, R23, R36). A duplicate gets what the first one got.
void Acceptor::fill(Answer& answer, Accepted accepted) const {
    switch (accepted.status) {
        case Accepted::Status::accepted:
            answer.status = AnswerStatus::accepted;
            break;
        case Accepted::Status::duplicate:
            answer.status = AnswerStatus::duplicate;
            break;
        case Accepted::Status::conflict:
            answer.status = AnswerStatus::conflict;
            answer.error =
                Error{"conflict", "id", "an event with this source and id and another body came before; the first one stands"};
            return;
        case Accepted::Status::busy:
            answer.status = AnswerStatus::busy;
            answer.error = Error{accepted.busy_reason, "",
                                 "perhaps not stored; send it again later, it has one effect however often it is sent"};
            return;
    }
    for (auto& mail : accepted.mails) answer.mails.push_back({std::move(mail.id), mail.kind, std::move(mail.to)});
    for (auto& skip : accepted.skipped)
        answer.skipped.push_back({skip.kind, std::move(skip.reason), std::move(skip.field), skip.undeliverable});
    for (const auto& id : accepted.withdrawn)
        log_.info("mail.superseded", {{"mail", id}, {"source", answer.source}, {"event", on_one_line(answer.id)}});
}

// Only what is near a known name is the log's matter: it may have cost somebody a mail, and its sender may read no answers.
void Acceptor::tell(const IgnoredField& ignored, const std::string& source, const std::string& id) const {
    if (ignored.nearest.empty()) return;
    auto place = ignored.nearest;  // of whichever element
    std::erase_if(place, [](char c) { return c >= '0' && c <= '9'; });
    log_.counted(LogLevel::warning, "event.field_ignored", place,
                 {{"source", source}, {"id", id}, {"field", on_one_line(ignored.field)}, {"nearest", ignored.nearest}});
}

// Behind the commit. Ids are a sender's own text, and go into the log on one line.
void Acceptor::tell(const Answer& answer) const {
    const auto id = on_one_line(answer.id);
    switch (answer.status) {
        case AnswerStatus::accepted:
            ++counters_.events_accepted;
            counters_.mails_planned += answer.mails.size();
            counters_.mails_skipped += answer.skipped.size();
            log_.info(
                "event.accepted",
                {{"source", answer.source}, {"id", id}, {"mails", answer.mails.size()}, {"skipped", answer.skipped.size()}});
            for (const auto& mail : answer.mails)
                log_.info("mail.planned", {{"mail", mail.id}, {"kind", to_word(mail.kind)}, {"to", mail.to}, {"event", id}});
            for (const auto& skip : answer.skipped) {
                log_.info("mail.skipped", {{"kind", to_word(skip.kind)}, {"reason", skip.reason}, {"event", id}});
                // Somebody must act, whether or not the sender reads answers.
                if (skip.undeliverable)
                    log_.counted(
                        LogLevel::warning, "mail.undeliverable", skip.reason,
                        {{"kind", to_word(skip.kind)}, {"reason", skip.reason}, {"source", answer.source}, {"event", id}});
            }
            for (const auto& ignored : answer.ignored) tell(ignored, answer.source, id);
            return;
        case AnswerStatus::duplicate:
            ++counters_.events_duplicate;
            break;
        case AnswerStatus::conflict:
            ++counters_.events_conflict;
            break;
        case AnswerStatus::rejected:
            ++counters_.events_rejected;
            break;
        case AnswerStatus::busy:
            ++counters_.events_busy;
            break;
    }
    // A duplicate is a sender who did as told and sent again. All others want somebody's eye. None of them costs the sender
    // anything, hence they are counted: the sender has the answer to each.
    const auto level = answer.status == AnswerStatus::duplicate ? LogLevel::info : LogLevel::warning;
    const Error none;
    const auto& error = answer.error ? *answer.error : none;
    log_.counted(level, "event." + std::string(to_word(answer.status)), error.code,
                 {{"source", answer.source}, {"id", id}, {"code", error.code}, {"field", error.place}, {"detail", error.detail}});
}

}  // namespace ilbud
