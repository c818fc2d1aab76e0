// Ties the parts together: what can be asked at all, the question itself, and, after a failure, the questions that
// explain it. No coroutine here holds a pointer to the resolver. It may go while questions wait for their turn; they
// share UnboundQuestions, which answers them with "stopped".
#include "ilbud/dns/unbound_resolver.hpp"

#include <algorithm>

#include "ilbud/dns/dns_packet.hpp"
#include "unbound_questions.hpp"

namespace ilbud {
namespace {

using Questions = std::shared_ptr<UnboundQuestions>;

// How long `answer`, of a question that began at `begun`, took the servers.
Duration time_asked(SteadyTime begun, const DnsAnswer& answer) {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun) - answer.waited;
}

// libunbound says SERVFAIL for a chain that it cannot follow to its end and keeps the chain to itself: ask for it link by link,
// so that the failure has its name and the caller learns whose record is to be mended. At most aliases_max + 1 more questions,
// all within what the first one `left` of its deadline. If they fail as well, the answer stays SERVFAIL with the links that were
// found. It is a failure in any case: only its words and its aliases change.
Task<DnsAnswer> explain_failure(Questions questions, std::string name, DnsAnswer answer, Duration left) {
    std::string owner = name;
    while (left > Duration{}) {
        const auto begun = std::chrono::steady_clock::now();
        auto link = co_await UnboundQuestions::ask(questions, owner, RecordType::cname, left);
        left -= time_asked(begun, link);
        answer.waited += link.waited;
        if (link.status != DnsStatus::found || link.records.empty()) break;
        owner = link.records.front();
        const bool seen = owner == name || std::find(answer.aliases.begin(), answer.aliases.end(), owner) != answer.aliases.end();
        answer.aliases.push_back(owner);
        if (seen) {
            answer.failure = "CNAME loop: " + chain_text(name, answer.aliases);
            break;
        }
        if (answer.aliases.size() > questions->settings().aliases_max) {
            answer.failure = "too many CNAMEs: " + chain_text(name, answer.aliases);
            break;
        }
    }
    co_return answer;
}

Task<DnsAnswer> answer_to(Questions questions, std::string name, RecordType type) {
    name = plain_name(name);
    // Not a failure: no name of this form can exist, and asking again would not change that.
    if (!is_askable(name)) {
        DnsAnswer none;
        none.status = DnsStatus::no_name;
        co_return none;
    }
    const auto begun = std::chrono::steady_clock::now();
    auto answer = co_await UnboundQuestions::ask(questions, name, type, questions->settings().deadline);
    // "bogus" and "timeout" say enough. A question for a CNAME is never explained, as the
    // explanation would ask it again.
    if (answer.failure != rcode_name(2) || type == RecordType::cname) co_return answer;
    const auto left = questions->settings().deadline - time_asked(begun, answer);
    answer = co_await explain_failure(std::move(questions), std::move(name), std::move(answer), left);
    co_return answer;
}

class UnboundResolver final : public Resolver {
 public:
    explicit UnboundResolver(Questions questions) : questions_(std::move(questions)) {}
    ~UnboundResolver() override { questions_->stop(); }
    UnboundResolver(const UnboundResolver&) = delete;
    UnboundResolver& operator=(const UnboundResolver&) = delete;

    // No coroutine of its own: what runs must not need this object.
    Task<DnsAnswer> query(std::string name, RecordType type) override { return answer_to(questions_, std::move(name), type); }

 private:
    Questions questions_;
};

constexpr const char* root = ".";

}  // namespace

// Past answer_to(), to whom the root is no name that one asks about. NS is what every server has that knows the root at all.
Task<Result<bool>> gives_root_keys(asio::io_context& context, DnsSettings settings) {
    auto unbound = make_unbound_context(settings);
    if (!unbound) co_return unbound.error();
    const auto questions = std::make_shared<UnboundQuestions>(context, *std::move(unbound), settings);
    const auto answer = co_await UnboundQuestions::ask(questions, root, RecordType::ns, settings.deadline);
    questions->stop();
    co_return answer.secure;
}

Result<std::unique_ptr<Resolver>> open_unbound_resolver(asio::io_context& context, const DnsSettings& settings) {
    auto unbound = make_unbound_context(settings);
    if (!unbound) return unbound.error();
    return std::unique_ptr<Resolver>(
        std::make_unique<UnboundResolver>(std::make_shared<UnboundQuestions>(context, *std::move(unbound), settings)));
}

}  // namespace ilbud
