// One thread for all readers of a daemon: a question that takes long holds up the next question, never a mail. The parameters
// of a coroutine live in its frame, and the question is asked on another thread while that frame waits.
#include "sqlite_log.hpp"

#include <boost/asio/post.hpp>

#include <functional>
#include <utility>

#include "sqlite_schema.hpp"

namespace ilbud {
namespace {

// One moment of the store for all statements of a question; ended however the question ends.
class ReadTransaction {
 public:
    explicit ReadTransaction(SqliteDatabase& database) : database_(database) { database_.execute("BEGIN"); }
    ~ReadTransaction() {
        try {
            if (database_.in_transaction()) database_.execute("COMMIT");
        } catch (const SqliteError&) {
            // Nothing was written; the next BEGIN says what is wrong.
        }
    }
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
    SqliteDatabase& database_;
};

template <class Answer>
Task<void> answer(std::optional<Answer>& into, SqliteDatabase& database, SqliteReader& reader,
                  const std::function<Answer(SqliteReader&)>& question) {
    const ReadTransaction moment(database);
    into.emplace(question(reader));
    co_return;
}

}  // namespace

template <class Answer>
Task<Answer> SqliteLog::read(std::function<Answer(SqliteReader&)> question) {
    std::optional<Answer> result;
    co_await asio::co_spawn(thread_, answer(result, reading_.database, reading_.reader, question), asio::use_awaitable);
    co_return std::move(*result);
}

void SqliteLog::look_for_damage(Log& log) {
    asio::post(thread_, [this, &log] {
        try {
            const ReadTransaction moment(reading_.database);
            const auto [counted, waiting] = reading_.reader.waiting_rows();
            if (counted != waiting)
                log.error("queue.damaged", {{"queued", counted},
                                            {"found", waiting},
                                            {"detail", "mails that are counted as waiting cannot be found, or are no mails"}});
        } catch (const SqliteError& error) {
            log.error("queue.damaged", {{"detail", error.what()}});
        }
    });
}

Task<Result<MailPage>> SqliteLog::mails(MailQuery query, LogCursor from) {
    return read<Result<MailPage>>(
        [query = std::move(query), from = std::move(from)](auto& reader) { return reader.mails(query, from); });
}

Task<std::optional<EventRow>> SqliteLog::event(std::string source, std::string id) {
    return read<std::optional<EventRow>>(
        [source = std::move(source), id = std::move(id)](auto& reader) { return reader.event(source, id); });
}

Task<Result<EventPage>> SqliteLog::events(EventSpan span, LogCursor from) {
    return read<Result<EventPage>>([span, from = std::move(from)](auto& reader) { return reader.events(span, from); });
}

Task<std::string> SqliteLog::refusal(PlannedMail mail, StoredEvent event) {
    return read<std::string>(
        [mail = std::move(mail), event = std::move(event)](auto& reader) { return reader.refusal(mail, event); });
}

Task<Result<OutcomePage>> SqliteLog::outcomes(LogCursor after, std::size_t most) {
    return read<Result<OutcomePage>>([after = std::move(after), most](auto& reader) { return reader.outcomes(after, most); });
}

Task<std::vector<OutcomeRow>> SqliteLog::timeline(std::string mail) {
    return read<std::vector<OutcomeRow>>([mail = std::move(mail)](auto& reader) { return reader.timeline(mail); });
}

Task<QueueCounts> SqliteLog::counts() {
    return read<QueueCounts>([](auto& reader) { return reader.counts(); });
}

Task<std::vector<std::pair<std::string, EndedMails>>> SqliteLog::ended_in_hour(Time hour) {
    return read<std::vector<std::pair<std::string, EndedMails>>>([hour](auto& reader) { return reader.ended_in_hour(hour); });
}

Task<std::vector<std::pair<std::string, std::uint64_t>>> SqliteLog::complaints_since(Time since) {
    return read<std::vector<std::pair<std::string, std::uint64_t>>>(
        [since](auto& reader) { return reader.complaints_since(since); });
}

Task<std::vector<std::pair<std::string, std::uint64_t>>> SqliteLog::queued_by_unit() {
    return read<std::vector<std::pair<std::string, std::uint64_t>>>([](auto& reader) { return reader.queued_by_unit(); });
}

Task<std::vector<Suppression>> SqliteLog::suppressions_of(SuppressionScope scope) {
    return read<std::vector<Suppression>>([scope = std::move(scope)](auto& reader) { return reader.suppressions_of(scope); });
}

Task<std::vector<std::uint64_t>> SqliteLog::rows_of(std::vector<std::string> mails) {
    return read<std::vector<std::uint64_t>>([mails = std::move(mails)](auto& reader) { return reader.rows_of(mails); });
}

Task<std::vector<ShelfRow>> SqliteLog::shelf(std::string shelf) {
    return read<std::vector<ShelfRow>>([shelf = std::move(shelf)](auto& reader) { return reader.shelf(shelf); });
}

Task<std::vector<Suppression>> SqliteLog::suppressions(std::string account) {
    return read<std::vector<Suppression>>([account = std::move(account)](auto& reader) { return reader.suppressions(account); });
}

namespace {

class SqliteStoreReader final : public StoreReader {
 public:
    explicit SqliteStoreReader(std::unique_ptr<SqliteDatabase> database) : log_(std::move(database)) {}
    MailLog& log() override { return log_; }
    ShelfReader& shelf() override { return shelf_; }
    SuppressionReader& suppressions() override { return suppressions_; }

 private:
    struct Shelves final : ShelfReader {
        explicit Shelves(SqliteLog& all) : log(all) {}
        Task<std::vector<ShelfRow>> rows(std::string shelf) override { return log.shelf(std::move(shelf)); }
        SqliteLog& log;
    };
    struct List final : SuppressionReader {
        explicit List(SqliteLog& all) : log(all) {}
        Task<std::vector<Suppression>> list(std::string account) override { return log.suppressions(std::move(account)); }
        Task<std::vector<Suppression>> list(SuppressionScope scope) override { return log.suppressions_of(std::move(scope)); }
        SqliteLog& log;
    };
    SqliteLog log_;
    Shelves shelf_{log_};
    List suppressions_{log_};
};

}  // namespace

// No lock on the folder: any number of readers beside one daemon, or without one.
Result<std::unique_ptr<StoreReader>> open_sqlite_reader(const QueueSettings& settings) {
    auto database = open_for_reading(settings.folder);
    if (!database) return database.error();
    return std::unique_ptr<StoreReader>(std::make_unique<SqliteStoreReader>(std::move(*database)));
}

}  // namespace ilbud
