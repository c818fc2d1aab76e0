#include "trip/support/trial.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "cli/feeder.hpp"
#include "support/sample_events.hpp"

namespace ilbud::test {
namespace {

std::string mail_id_of(const std::string& message) {
    const auto field = message.find("\r\nMessage-ID: <");
    if (field == std::string::npos) return {};
    const auto begin = field + 15;
    return message.substr(begin, message.find('@', begin) - begin);
}

}  // namespace

std::string trial_event(const std::string& series, std::size_t number) {
    Sample sample;
    sample.id = series + "-" + std::to_string(number);
    sample.email = series + "." + std::to_string(number) + "@example.com";
    sample.number = series + std::to_string(number);
    return sample_event(number % 3 == 0 ? EventType::invoice_issued : EventType::created, sample);
}

void collect_mail_ids(std::string_view answer, std::set<std::string>& ids) {
    for (auto at = answer.find("\"mails\":["); (at = answer.find("{\"id\":\"", at)) != std::string_view::npos;) {
        at += 7;
        ids.insert(std::string(answer.substr(at, answer.find('"', at) - at)));
    }
}

Clients::Clients(ClientOptions options) : options_(std::move(options)), thread_([this] { run(); }) {}

Clients::~Clients() {
    join();
}

void Clients::join() {
    if (thread_.joinable()) thread_.join();
}

std::vector<Acknowledged> Clients::acknowledged() const {
    const std::scoped_lock lock(mutex_);
    return acknowledged_;
}

void Clients::answered(AnswerStatus status, std::string_view answer, std::string_view line) {
    // After the answer was read: what the store did for it is in the log before this place.
    const auto storage = options_.storage ? options_.storage() : 0;
    std::set<std::string> mails;
    collect_mail_ids(answer, mails);
    if (status == AnswerStatus::conflict)
        ++conflicts_;
    else if ((status != AnswerStatus::accepted && status != AnswerStatus::duplicate) || mails.size() != 1)
        ++others_;
    const std::scoped_lock lock(mutex_);
    for (const auto& mail : mails) acknowledged_.push_back({std::string(line), mail, storage});
    ++answered_;
}

void Clients::run() {
    std::size_t next = options_.first;
    FeederCallbacks callbacks;
    callbacks.next = [&]() -> std::optional<std::string> {
        if (next == options_.first + options_.events) return std::nullopt;
        return trial_event(options_.series, next++);
    };
    if (options_.waits) callbacks.waits = options_.waits;
    callbacks.answered = [&](AnswerStatus status, std::string_view answer, std::string_view line) {
        answered(status, answer, line);
    };
    Feeder feeder(options_.socket, options_.window, options_.patience, std::move(callbacks));
    if (const auto done = feeder.run(); !done) failure_ = to_text(done.error());
    ended_ = true;
}

ServerOptions Arrivals::options(std::chrono::milliseconds dot_latency, std::function<std::uint64_t()> storage) {
    ServerOptions made;
    made.dot_latency = dot_latency;
    made.on_dot = [this, storage = std::move(storage)](const Message& message) {
        const auto place = storage ? storage() : 0;
        const std::scoped_lock lock(mutex_);
        last_of_[message.session] = all_.size();
        all_.push_back({mail_id_of(message.bytes), message.session, std::chrono::steady_clock::now(), {}, place});
        ++count_;
    };
    made.on_answered = [this](const Message& message) {
        const std::scoped_lock lock(mutex_);
        auto& arrival = all_[last_of_[message.session]];
        arrival.answered = std::chrono::steady_clock::now();
        answered_.insert(arrival.mail);
    };
    return made;
}

std::size_t Arrivals::answered() const {
    const std::scoped_lock lock(mutex_);
    return answered_.size();
}

std::vector<Arrival> Arrivals::all() const {
    const std::scoped_lock lock(mutex_);
    return all_;
}

std::size_t Arrivals::missing(const std::vector<Acknowledged>& acknowledged) const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(acknowledged, [&](const Acknowledged& one) { return !answered_.contains(one.mail); }));
}

// An arrival belongs to the run whose connection it came by. One that came again in a later run was repeated because of the end of
// its own: for what was settled before an end is not sent again.
Repeats count_repeats(const std::vector<Arrival>& arrivals, const std::vector<End>& ends,
                      const std::vector<Acknowledged>& acknowledged) {
    const auto run_of = [&](const Arrival& one) {
        return static_cast<std::size_t>(
            std::ranges::find_if(ends, [&](const End& end) { return one.connection <= end.connections; }) - ends.begin());
    };
    std::set<std::string> known;
    for (const auto& one : acknowledged) known.insert(one.mail);
    Repeats repeats;
    std::map<std::string, const Arrival*> last;
    std::map<std::size_t, std::size_t> answered;
    std::map<std::size_t, std::set<int>> dots, connections;  // of what was repeated
    for (const auto& arrival : arrivals) {
        const auto here = run_of(arrival);
        if (!known.contains(arrival.mail)) ++repeats.unexpected;
        const auto before = std::exchange(last[arrival.mail], &arrival);
        if (before == nullptr) continue;
        const auto run = run_of(*before);
        connections[run].insert(before->connection);
        if (run == here)
            ++repeats.others;
        else if (before->answered && *before->answered <= ends[run].at)
            ++answered[run];
        else if (!dots[run].insert(before->connection).second)
            ++repeats.others;
    }
    for (std::size_t run = 0; run < ends.size(); ++run) {
        repeats.answered += answered[run];
        repeats.dots += dots[run].size();
        repeats.most_answered = std::max(repeats.most_answered, answered[run]);
        repeats.most_dots = std::max(repeats.most_dots, dots[run].size());
        // The last answer on a connection had perhaps not been read yet: for the daemon that is a dot without one.
        if (answered[run] + dots[run].size() > repeats_most + connections[run].size()) ++repeats.beyond;
    }
    return repeats;
}

void check_integrity(const std::filesystem::path& queue) {
    sqlite3* database = nullptr;
    std::string said;
    const auto file = queue / "ilbud.db";
    const auto note = [](void* text, int, char** values, char**) {
        static_cast<std::string*>(text)->append(values[0]).append("; ");
        return 0;
    };
    if (sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK ||
        sqlite3_exec(database, "PRAGMA integrity_check", note, &said, nullptr) != SQLITE_OK)
        said += sqlite3_errmsg(database);
    sqlite3_close(database);
    if (said != "ok; ") throw std::runtime_error("the database is damaged: " + said);
}

}  // namespace ilbud::test
