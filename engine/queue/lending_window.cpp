// Each line is two parts: mails in memory (`ready`) and the key of the first one that is only in
// the store (`rest`). What keeps them honest: no mail in the store alone has a key below `rest`.
// It may lie too low, which costs a look that finds nothing; were it too high, a mail would be
// forgotten until the next start. A line is in one place at a time: in the turns while something
// is in memory or has fallen due, among the sleepers by when its first mail is due, or gone.
#include "lending_window.hpp"

#include <algorithm>

namespace ilbud {

// An estimate, in bytes. Too low, the window takes more memory than its limit says; too
// high, the store is read more often.
std::size_t LendingWindow::weight(const ReadyMail& mail) {
    // The event's parts are about as large again as its bytes; strings, nodes and the plan take their share.
    return 2048 + 2 * mail.event->raw.size();
}

// A mail that is held already stays as it is and is not counted again.
void LendingWindow::hold(Line& line, const DueKey& key, ReadyMail&& mail) {
    const auto bytes = weight(mail);
    if (!line.ready.try_emplace(key, std::move(mail)).second) return;
    ++mails_;
    bytes_ += bytes;
}

void LendingWindow::release(Line& line, std::map<DueKey, ReadyMail>::iterator place) {
    --mails_;
    bytes_ -= weight(place->second);
    line.ready.erase(place);
}

// Puts the line where its content says: in turn, asleep until its first mail is due, or away.
void LendingWindow::take_place(const LendingLine& name, Line& line) {
    note_due(name, line);
    if (line.wakes) wakes_.erase({*line.wakes, name});
    line.wakes.reset();
    if (!line.ready.empty()) {
        turns_.join(name);
        return;
    }
    turns_.leave(name);
    if (line.rest) {
        line.wakes = line.rest->due;
        wakes_.insert({*line.wakes, name});
    } else {
        // Units come and go; a line without mails must not stay for ever. `line` is gone from here on.
        lines_.erase(name);
    }
}

// Asked for each time the store thread goes to sleep, with tens of thousands of lines: so it is kept, and not looked for.
void LendingWindow::note_due(const LendingLine& name, Line& line) {
    std::optional<Time> due;
    if (!line.ready.empty()) due = line.ready.begin()->first.due;
    if (line.rest && (!due || line.rest->due < *due)) due = line.rest->due;
    if (due == line.due) return;  // mails that were accepted together mostly are due together
    if (line.due) dues_.erase({*line.due, name});
    if (due) dues_.insert({*due, name});
    line.due = due;
}

// A mail that is due skips the store only if nothing in the store is due before it:
// else newer mails would overtake older ones for as long as mails come in.
void LendingWindow::add(const LendingLine& name, const DueKey& key, ReadyMail mail, Time now) {
    auto& line = lines_[name];
    const bool others_first = line.rest && line.rest->due <= now;
    if (others_first || mails_ >= limits_.mails || bytes_ + weight(mail) > limits_.bytes) {
        left_in_store(name, key);
        return;
    }
    hold(line, key, std::move(mail));
    take_place(name, line);
}

void LendingWindow::left_in_store(const LendingLine& name, const DueKey& key) {
    auto& line = lines_[name];
    if (!line.rest || key < *line.rest) line.rest = key;
    take_place(name, line);
}

// Lines wake when their first mail falls due, though it is not in memory yet: whoever
// has the turn reads it then (missing).
std::optional<LendingLine> LendingWindow::next(Time now) {
    while (!wakes_.empty() && wakes_.begin()->first <= now) {
        const auto name = wakes_.begin()->second;
        wakes_.erase(wakes_.begin());
        lines_.at(name).wakes.reset();
        turns_.join(name);
    }
    return turns_.next();
}

// Not as long as something held comes first: the store is read as late as can be.
std::optional<DueKey> LendingWindow::missing(const LendingLine& name, Time now) const {
    const auto& line = lines_.at(name);
    if (!line.rest || line.rest->due > now) return std::nullopt;
    if (!line.ready.empty() && line.ready.begin()->first < *line.rest) return std::nullopt;
    return line.rest;
}

std::size_t LendingWindow::page_size() const {
    // With the window full (very many units with a backlog each) mails are read one by one, as they leave.
    return mails_ >= limits_.mails || bytes_ >= limits_.bytes ? 1 : limits_.page;
}

bool LendingWindow::holds(const LendingLine& name, const DueKey& key) const {
    const auto line = lines_.find(name);
    return line != lines_.end() && line->second.ready.contains(key);
}

// `rest` is what the store says now and replaces the guess of before.
void LendingWindow::add_page(const LendingLine& name, Page&& page, std::optional<DueKey> rest) {
    auto& line = lines_.at(name);
    line.rest = rest;
    for (auto& [key, mail] : page) hold(line, key, std::move(mail));
    take_place(name, line);
}

// Nothing if the page brought nothing: what was guessed at may have been withdrawn, or is lent.
std::optional<std::pair<DueKey, ReadyMail>> LendingWindow::take(const LendingLine& name) {
    const auto found = lines_.find(name);
    if (found == lines_.end()) return std::nullopt;
    auto& line = found->second;
    if (line.ready.empty()) {
        take_place(name, line);  // it was woken by a clock that has been set back since: else it would keep the turn
        return std::nullopt;
    }
    const auto first = line.ready.begin();
    --mails_;
    bytes_ -= weight(first->second);
    // The mail is moved out with its node and not copied.
    auto node = line.ready.extract(first);
    // As long as one is left the line keeps its turn; there is nothing to move.
    if (line.ready.empty())
        take_place(name, line);
    else
        note_due(name, line);
    return std::pair{node.key(), std::move(node.mapped())};
}

const ReadyMail* LendingWindow::first(const LendingLine& name) const {
    const auto found = lines_.find(name);
    return found == lines_.end() || found->second.ready.empty() ? nullptr : &found->second.ready.begin()->second;
}

// `rest` is left as it is: too low at worst.
void LendingWindow::forget(const LendingLine& name, const DueKey& key) {
    const auto found = lines_.find(name);
    if (found == lines_.end()) return;
    const auto place = found->second.ready.find(key);
    if (place == found->second.ready.end()) return;
    release(found->second, place);
    take_place(name, found->second);
}

std::optional<Time> LendingWindow::next_due() const {
    return dues_.empty() ? std::nullopt : std::optional(dues_.begin()->first);
}

}  // namespace ilbud
