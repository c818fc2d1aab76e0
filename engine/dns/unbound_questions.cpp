#include "unbound_questions.hpp"

#include <algorithm>

#include "ilbud/dns/dns_packet.hpp"

namespace ilbud {
namespace {

DnsAnswer failed(std::string why) {
    DnsAnswer out;
    out.failure = std::move(why);
    return out;
}

struct ResultDelete {
    void operator()(ub_result* result) const { ub_resolve_free(result); }
};

// A server that drops signatures looks like a forger; whoever runs it should learn what to do.
std::string bogus(const std::string& why) {
    const bool no_keys = why.find("for trust anchor . ") != std::string::npos;
    return "bogus: " + why + (no_keys ? " (the DNS servers must pass signatures on; else leave dns.trust_anchor empty)" : "");
}

DnsAnswer to_answer(const ub_result& result, std::string_view name, RecordType type, const DnsSettings& settings) {
    if (result.bogus != 0) return failed(bogus(result.why_bogus != nullptr ? result.why_bogus : "the signatures do not hold"));
    if (result.answer_packet == nullptr || result.answer_len <= 0)
        return failed(result.rcode != 0 ? rcode_name(result.rcode) : "malformed answer: empty");
    const auto bytes = static_cast<std::size_t>(result.answer_len);
    if (bytes > settings.answer_bytes_max)
        return failed("answer too large: " + std::to_string(bytes) + " bytes, at most " +
                      std::to_string(settings.answer_bytes_max));
    auto answer = read_dns_answer({static_cast<const char*>(result.answer_packet), bytes}, name, type, settings.aliases_max);
    answer.secure = result.secure != 0 && answer.status != DnsStatus::failed;
    const auto most =
        answer.status == DnsStatus::found ? settings.ttl_max : std::min(settings.negative_ttl_max, settings.ttl_max);
    if (answer.status != DnsStatus::failed) answer.ttl = std::clamp(answer.ttl, std::min(settings.ttl_min, most), most);
    return answer;
}

}  // namespace

// Lives in the frame of ask(): destroying the frame, however that comes about, takes the question back.
struct UnboundQuestions::Question {
    Question(std::shared_ptr<UnboundQuestions> of, std::string of_name, RecordType of_type)
        : owner(std::move(of)), name(std::move(of_name)), type(of_type), called(owner->context_) {
        owner->questions_.insert(this);
    }
    ~Question() { owner->leave(*this); }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;

    std::shared_ptr<UnboundQuestions> owner;
    std::string name;
    RecordType type;
    Wake called;
    bool has_place = false;
    bool asked = false;
    int id = 0;
    std::optional<DnsAnswer> answer;
};

UnboundQuestions::UnboundQuestions(asio::io_context& context, UnboundContext unbound, const DnsSettings& settings)
    : context_(context),
      unbound_(std::move(unbound)),
      settings_(settings),
      pipe_(context, ub_fd(unbound_.get())),
      pace_(settings.queries_per_second) {}

Task<DnsAnswer> UnboundQuestions::ask(std::shared_ptr<UnboundQuestions> self, std::string name, RecordType type,
                                      Duration patience) {
    if (!self->unbound_) co_return failed("stopped");
    Question question(self, std::move(name), type);
    const auto now = std::chrono::steady_clock::now();
    const auto last_turn = now + turn_max;
    const auto begin = self->pace_.next_start(now, last_turn);
    if (begin > last_turn) co_return failed("too many questions");
    if (begin > now) co_await question.called.wait_until(begin);
    if (question.answer) co_return *std::move(question.answer);  // stopped meanwhile
    self->enter(question);
    if (!question.has_place) co_await question.called.wait_until(last_turn);
    if (question.answer) co_return *std::move(question.answer);
    if (!question.has_place) co_return failed("too many questions");
    const auto asked = std::chrono::steady_clock::now();
    if (const int error = self->start(question); error != 0) co_return failed(ub_strerror(error));
    co_await question.called.wait_until(asked + patience);
    auto answer = question.answer ? *std::move(question.answer) : failed("timeout");
    answer.waited = std::chrono::duration_cast<Duration>(asked - now);
    co_return answer;
}

void UnboundQuestions::enter(Question& question) {
    if (places_taken_ >= settings_.questions_max) return waiting_.push_back(&question);
    ++places_taken_;
    question.has_place = true;
}

void UnboundQuestions::leave(Question& question) {
    questions_.erase(&question);
    if (!unbound_) return;
    std::erase(waiting_, &question);
    if (question.asked) {
        if (!question.answer) ub_cancel(unbound_.get(), question.id);
        if (--asked_ == 0) {  // else the watch would keep the io_context at work
            ++watch_;
            watching_ = false;
            pipe_.cancel();
        }
    }
    if (!question.has_place) return;
    --places_taken_;
    if (waiting_.empty()) return;
    auto* next = waiting_.front();
    waiting_.pop_front();
    ++places_taken_;
    next->has_place = true;
    next->called.wake();
}

int UnboundQuestions::start(Question& question) {
    const int error = ub_resolve_async(unbound_.get(), escaped_name(question.name).c_str(), type_number(question.type), 1,
                                       &question, &answered, &question.id);
    if (error != 0) return error;
    question.asked = true;
    ++asked_;
    watch();
    return 0;
}

void UnboundQuestions::watch() {
    if (watching_) return;
    watching_ = true;
    pipe_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this(), mine = ++watch_](boost::system::error_code failure) {
                         if (mine != self->watch_ || failure || !self->unbound_) return;
                         self->watching_ = false;
                         const int error = ub_process(self->unbound_.get());
                         if (error == 0 && self->asked_ > 0)
                             self->watch();  // a broken pipe is readable for ever: its questions time out
                     });
}

void UnboundQuestions::answered(void* question, int error, ub_result* result) {
    const std::unique_ptr<ub_result, ResultDelete> owned(result);
    auto& asker = *static_cast<Question*>(question);
    asker.answer = error != 0 || !owned ? failed(error != 0 ? ub_strerror(error) : "malformed answer: none")
                                        : to_answer(*owned, asker.name, asker.type, asker.owner->settings_);
    asker.called.wake();
}

void UnboundQuestions::stop() {
    pipe_.release();  // the descriptor is libunbound's
    unbound_.reset();
    for (auto* question : questions_) {
        question->answer = failed("stopped");
        question->called.wake();
    }
}

}  // namespace ilbud
