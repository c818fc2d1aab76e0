/// What can be read of a store, as plain calls.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ilbud/queue/store.hpp"
#include "support/run_task.hpp"

namespace ilbud::test {

class PlainReader {
 public:
    explicit PlainReader(std::unique_ptr<StoreReader> reader) : reader_(std::move(reader)) {}

    MailPage page(const MailQuery& query, const LogCursor& from = {}) { return *run_task(log().mails(query, from)); }
    std::vector<MailRow> mails(const MailQuery& query) { return page(query).mails; }
    std::optional<EventRow> event(std::string_view source, std::string_view id) {
        return run_task(log().event(std::string(source), std::string(id)));
    }
    EventPage events(const EventSpan& span, const LogCursor& from = {}) { return *run_task(log().events(span, from)); }
    std::string refusal(const PlannedMail& mail, const StoredEvent& event) { return run_task(log().refusal(mail, event)); }
    OutcomePage outcomes(const LogCursor& after = {}, std::size_t most = 1000) { return *run_task(log().outcomes(after, most)); }
    std::vector<OutcomeRow> timeline(const std::string& mail) { return run_task(log().timeline(mail)); }
    QueueCounts counts() { return run_task(log().counts()); }
    std::vector<Suppression> suppressions(const std::string& account) { return run_task(reader_->suppressions().list(account)); }
    std::vector<ShelfRow> shelf(const std::string& shelf) { return run_task(reader_->shelf().rows(shelf)); }
    MailLog& log() { return reader_->log(); }

 private:
    std::unique_ptr<StoreReader> reader_;
};

/// Errors  open_sqlite_reader's
inline Result<std::unique_ptr<PlainReader>> open_plain_reader(const QueueSettings& settings) {
    auto reader = open_sqlite_reader(settings);
    if (!reader) return reader.error();
    return std::make_unique<PlainReader>(std::move(*reader));
}

}  // namespace ilbud::test
