#include "sqlite_store.hpp"
#include "sqlite_store_sql.hpp"

namespace ilbud {
namespace {

constexpr std::size_t page_bytes_max = 4 * 1024 * 1024;  // events with large attachments are read back fewer at a time

DueKey key_at(const SqliteRows& rows, int column) {
    return {rows.time(column), static_cast<std::uint64_t>(rows.number(column + 1))};
}

}  // namespace

SqliteStore::Page SqliteStore::page(const LendingLine& line, const DueKey& from, Time now, std::size_t most,
                                    const std::function<bool(const DueKey&)>& skip) {
    Page page;
    {
        std::int64_t last_event = 0;  // an event's mails follow each other: it is read once
        std::shared_ptr<const Event> event;
        std::size_t bytes = 0;
        auto rows = sql_->waiting_page.rows(line.urgency, line.unit, from.due, from.row, now);
        while (rows.next()) {
            const auto key = key_at(rows, 13);
            if (skip(key)) continue;
            if (page.mails.size() + page.unreadable.size() >= most || bytes >= page_bytes_max) {
                page.rest = key;
                return page;
            }
            const int attempts = static_cast<int>(rows.number(16));
            const bool uncertain = rows.number(17) != 0;
            const bool is_frozen = rows.number(18) != 0;
            if (const auto number = rows.number(15); number != last_event) {
                event = read_event(number);
                last_event = number;
            }
            if (event == nullptr) {
                page.unreadable.push_back({line, key, attempts, uncertain, is_frozen});
                continue;
            }
            bytes += event->raw.size();
            page.mails.emplace_back(key, ReadyMail{read_mail(rows), event, attempts, uncertain, is_frozen, 0});
        }
    }
    auto rows = sql_->waiting_first.rows(line.urgency, line.unit, now);
    if (rows.next()) page.rest = key_at(rows, 0);
    return page;
}

std::shared_ptr<const Event> SqliteStore::read_event(std::int64_t number) {
    auto rows = sql_->event_raw.rows(number);
    if (!rows.next()) return nullptr;
    const auto raw = rows.text(0);
    // It was within the limits of the day it came; today's may be narrower.
    auto event = parse_event(raw, {.bytes_max = raw.size(), .depth_max = 1024, .own = true});
    if (!event) return nullptr;
    return std::make_shared<const Event>(std::move(*event));
}

std::string SqliteStore::frozen(std::uint64_t row) {
    auto rows = sql_->frozen_read.rows(row);
    return rows.next() ? std::string(rows.text(0)) : std::string();
}

}  // namespace ilbud
