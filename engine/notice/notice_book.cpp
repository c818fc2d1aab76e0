// What must not happen: a mail twice for one thing, or none for something that changed. The book is written to the shelf
// before an event is stored and after it. What lies between shows as a row with `next_at`: its event may be stored or
// not, and storing it again under the same id settles that.
// Rows are read with simdjson's exceptions, caught in one place. A row that is unreadable is lost, and with it what was
// told when: then something may be told a second time, which is better than a daemon that does not start.
#include "ilbud/notice/notice_book.hpp"

#include <simdjson.h>

#include "ilbud/base/json.hpp"

namespace ilbud {
namespace {

// Both ways, so that a clock set back by a day does not let everything be told once more (S47).
bool is_within(Time one, Time other, Duration span) {
    return one < other + span && other < one + span;
}

// These come when something changes, and never again by themselves; a rate that is high is found anew every few minutes.
bool is_told_once(NoticeCause cause) {
    return cause == NoticeCause::domain_broken || cause == NoticeCause::domain_fixed;
}

// One row for an account, a cause, a subject and its aspect: whatever else a notice says, it is the same thing that is told.
std::string name_of(const Notice& notice, NoticeCause cause) {
    auto name = notice_row_name(notice.account, cause, notice.subject);
    if (const auto aspect = aspect_of(notice); !aspect.empty()) (name += '/') += aspect;
    return name;
}

void write_notice(JsonWriter& json, const Notice& notice) {
    json.begin_object().field("account", notice.account).field("cause", notice.cause).field("subject", notice.subject);
    json.key("facts").begin_array();
    for (const auto& [name, value] : notice.facts) json.begin_array().value(name).value(value).end_array();
    json.end_array().field("records", notice.records).end_object();
}

std::string to_json(const NoticeRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    if (row.told_at) json.field("told_at", to_text(*row.told_at));
    if (row.open) json.field("open", true);
    if (row.next_at) json.field("next_at", to_text(*row.next_at));
    if (row.next) write_notice(json.key("next"), *row.next);
    json.end_object();
    return out;
}

using Element = simdjson::dom::element;

std::string text_at(const Element& element, std::string_view name) {
    return std::string(std::string_view(element[name]));
}

std::optional<Time> time_at(const Element& element, std::string_view name) {
    std::string_view text;
    if (element[name].get(text) != simdjson::SUCCESS) return std::nullopt;
    return parse_time(text);
}

Notice read_notice(const Element& element) {
    Notice notice{
        text_at(element, "account"), text_at(element, "cause"), text_at(element, "subject"), {}, text_at(element, "records")};
    for (const simdjson::dom::array fact : simdjson::dom::array(element["facts"]))
        notice.facts.emplace_back(std::string_view(fact.at(0)), std::string_view(fact.at(1)));
    return notice;
}

std::optional<NoticeRow> read_row(const std::string& text) try {
    simdjson::dom::parser parser;
    const Element document = parser.parse(text);
    NoticeRow row;
    row.told_at = time_at(document, "told_at");
    row.next_at = time_at(document, "next_at");
    // Written only where it is true, so that it may be missing.
    bool open = false;
    row.open = document["open"].get(open) == simdjson::SUCCESS && open;
    Element next;
    if (document["next"].get(next) == simdjson::SUCCESS) row.next = read_notice(next);
    return row;
} catch (const simdjson::simdjson_error&) {
    return std::nullopt;
}

}  // namespace

std::string notice_row_name(std::string_view account, NoticeCause cause, std::string_view subject) {
    std::string name(account);
    (((name += '/') += to_word(cause)) += '/') += subject;
    return name;
}

void NoticeBook::load(const std::vector<ShelfRow>& rows) {
    for (const auto& [name, value, version] : rows) {
        if (auto row = read_row(value)) {
            if (row->next) (row->next_at ? due_ : held_).insert(name);
            rows_.insert_or_assign(name, std::move(*row));
        } else
            // Changed without being there: that is how changes() removes it from the shelf.
            changed_.insert(name);
    }
}

void NoticeBook::put_next(const std::string& name, Notice notice, std::optional<Time> at) {
    NoticeRow& row = change(name);
    row.next = std::move(notice);
    row.next_at = at;
    (at ? held_ : due_).erase(name);
    (at ? due_ : held_).insert(name);
}

void NoticeBook::clear_next(const std::string& name) {
    NoticeRow& row = change(name);
    row.next.reset();
    row.next_at.reset();
    due_.erase(name);
    held_.erase(name);
}

NoticeRow* NoticeBook::find(const std::string& name) {
    const auto found = rows_.find(name);
    return found == rows_.end() ? nullptr : &found->second;
}

NoticeRow& NoticeBook::change(const std::string& name) {
    changed_.insert(name);
    return rows_[name];
}

// What was to be told is no longer so.
void NoticeBook::withdraw(const std::string& name) {
    if (const NoticeRow* row = find(name); row != nullptr && row->next) drop(name);
}

NoticeBook::Taken NoticeBook::take(Notice notice, Time now, Duration once_per) {
    const auto cause = from_word<NoticeCause>(notice.cause).value();
    // What is still to be told of the opposite is no longer so.
    if (cause == NoticeCause::domain_broken) withdraw(name_of(notice, NoticeCause::domain_fixed));
    if (cause == NoticeCause::domain_fixed) {
        const auto broken = name_of(notice, NoticeCause::domain_broken);
        withdraw(broken);
        // Good news of a trouble that nobody heard of would only puzzle.
        if (const NoticeRow* row = find(broken); row == nullptr || !row->open) return Taken::never_told;
    }
    const auto name = name_of(notice, cause);
    const NoticeRow* before = find(name);
    // Its event may be stored, by a run that was cut off or a store that did not answer: under an id that follows from this
    // time. A newer notice would be a second mail.
    if (before != nullptr && before->next_at) return Taken::due;
    const bool too_soon = before != nullptr && before->told_at && is_within(*before->told_at, now, once_per);
    if (too_soon && !is_told_once(cause)) return Taken::too_soon;
    // A newer one takes the place of what was held: its facts are those of now. Held without a time: the id follows from the
    // time, and it is fixed only when the notice becomes due.
    put_next(name, std::move(notice), too_soon ? std::nullopt : std::optional(now));
    return too_soon ? Taken::held : Taken::due;
}

std::vector<std::string> NoticeBook::due(Time now, Duration once_per) {
    std::vector<std::string> ripe;
    for (const auto& name : held_) {
        const auto& row = rows_.at(name);
        if (!row.told_at || !is_within(*row.told_at, now, once_per)) ripe.push_back(name);
    }
    for (const auto& name : ripe) put_next(name, *rows_.at(name).next, now);
    return due();
}

// Only a mail opens the trouble. Where the settings or test mode kept it back, nobody knows of it, and its end is not
// told either.
void NoticeBook::told(const std::string& name, bool mailed) {
    NoticeRow& row = change(name);
    const auto cause = from_word<NoticeCause>(row.next->cause);
    if (cause == NoticeCause::domain_broken && mailed) row.open = true;
    if (cause == NoticeCause::domain_fixed) {
        const auto broken = name_of(*row.next, NoticeCause::domain_broken);
        if (find(broken) != nullptr) change(broken).open = false;
    }
    // The time of the event and not of now: around a crash both runs then agree on it.
    row.told_at = row.next_at;
    clear_next(name);
}

void NoticeBook::drop(const std::string& name) {
    clear_next(name);
}

// An open row stays however old it is: the day its domain is in order somebody waits to hear so.
void NoticeBook::tidy(Time now, Duration once_per) {
    std::erase_if(rows_, [&](const auto& entry) {
        const auto& [name, row] = entry;
        const bool matters = row.next || row.open || (row.told_at && is_within(*row.told_at, now, once_per));
        if (!matters) changed_.insert(name);
        return !matters;
    });
}

std::vector<ShelfRow> NoticeBook::changes() {
    std::vector<ShelfRow> all;
    for (const auto& name : changed_) {
        const NoticeRow* row = find(name);
        all.push_back({name, row == nullptr ? std::string() : to_json(*row)});
    }
    changed_.clear();
    return all;
}

}  // namespace ilbud
