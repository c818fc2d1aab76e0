/// The log of the SQLite store: reads on a thread and a connection of its own, beside the writer.
///
/// In    questions from any thread
/// Out   answers on the awaiter's executor
/// Threads  any; the reader below runs on the log's thread alone
#pragma once
#include <boost/asio/thread_pool.hpp>

#include <functional>

#include "sqlite_reader.hpp"

namespace ilbud {

class SqliteLog final : public MailLog {
 public:
    explicit SqliteLog(std::unique_ptr<SqliteDatabase> database) : reading_(std::move(database)) {}
    ~SqliteLog() override { thread_.join(); }

    Task<Result<MailPage>> mails(MailQuery query, LogCursor from) override;
    Task<std::optional<EventRow>> event(std::string source, std::string id) override;
    Task<Result<EventPage>> events(EventSpan span, LogCursor from) override;
    Task<std::string> refusal(PlannedMail mail, StoredEvent event) override;
    Task<Result<OutcomePage>> outcomes(LogCursor after, std::size_t most) override;
    Task<std::vector<OutcomeRow>> timeline(std::string mail) override;
    Task<QueueCounts> counts() override;
    Task<std::vector<std::pair<std::string, EndedMails>>> ended_in_hour(Time hour) override;
    Task<std::vector<std::pair<std::string, std::uint64_t>>> complaints_since(Time since) override;
    Task<std::vector<std::pair<std::string, std::uint64_t>>> queued_by_unit() override;

    /// Tells `log`, which must live as long, if not everything that is counted as waiting can be lent. Does not wait.
    void look_for_damage(Log& log);
    /// The store's own numbers of mails, in the same order; 0: no such mail.
    Task<std::vector<std::uint64_t>> rows_of(std::vector<std::string> mails);
    Task<std::vector<ShelfRow>> shelf(std::string shelf);
    Task<std::vector<Suppression>> suppressions(std::string account);
    Task<std::vector<Suppression>> suppressions_of(SuppressionScope scope);

 private:
    // Database and reader, so that every call reads inside one transaction: one moment of the store.
    struct Reading {
        explicit Reading(std::unique_ptr<SqliteDatabase> owned) : database(*owned), reader(std::move(owned)) {}
        SqliteDatabase& database;
        SqliteReader reader;
    };
    template <class Answer>
    Task<Answer> read(std::function<Answer(SqliteReader&)> question);

    Reading reading_;
    asio::thread_pool thread_{1};
};

}  // namespace ilbud
