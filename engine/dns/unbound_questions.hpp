/// The questions under way at libunbound, and those that wait for a place.
///
/// Threads  one; libunbound's own thread speaks through a pipe whose end is watched while something is asked
/// Owned    by the resolver and by every question under way, so that a question may end after the resolver
#pragma once
#include <boost/asio/posix/stream_descriptor.hpp>

#include <deque>
#include <optional>
#include <set>

#include "ilbud/dns/resolver.hpp"
#include "question_pace.hpp"
#include "unbound_context.hpp"

namespace ilbud {

class UnboundQuestions : public std::enable_shared_from_this<UnboundQuestions> {
 public:
    UnboundQuestions(asio::io_context& context, UnboundContext unbound, const DnsSettings& settings);
    UnboundQuestions(const UnboundQuestions&) = delete;
    UnboundQuestions& operator=(const UnboundQuestions&) = delete;

    /// One question of libunbound, answered or failed `patience` after it was asked. `name` is askable.
    static Task<DnsAnswer> ask(std::shared_ptr<UnboundQuestions> self, std::string name, RecordType type, Duration patience);
    /// Ends all questions with failed "stopped"; later ones end so at once.
    void stop();

    [[nodiscard]] const DnsSettings& settings() const { return settings_; }

 private:
    struct Question;

    void enter(Question& question);
    void leave(Question& question);
    int start(Question& question);
    void watch();
    static void answered(void* question, int error, ub_result* result);

    asio::io_context& context_;
    UnboundContext unbound_;
    DnsSettings settings_;
    asio::posix::stream_descriptor pipe_;
    std::set<Question*> questions_;  // all, also those that wait
    std::deque<Question*> waiting_;  // for a place, in order
    std::size_t places_taken_ = 0;
    std::size_t asked_ = 0;
    std::uint64_t watch_ = 0;  // the watch in force; older ones are void
    bool watching_ = false;
    QuestionPace pace_;
};

}  // namespace ilbud
