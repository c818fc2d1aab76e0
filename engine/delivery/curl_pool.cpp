// How many sessions a relay gets. A failure belongs to the relay once, however many sessions and mails meet it: a relay that is
// down for an hour must cost one connection now and then and no mail an attempt. News from sessions never changes the list of
// sessions on the spot; it asks the transport to look again, later, when no session is in the middle of something.
#include "curl_pool.hpp"

#include <algorithm>
#include <string_view>

namespace ilbud {
namespace {

// A relay that stays down is a warning again only after so long: it is asked every few seconds.
constexpr Duration told_every = 10min;

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

CurlPool::CurlPool(TransportState& transport, Relay relay, std::string helo)
    : transport_(transport),
      relay_(std::move(relay)),
      helo_(std::move(helo)),
      multi_(transport.context,
             [this](CURL* easy, CURLcode result) {
                 // libcurl knows handles only. The search goes over one lane's sessions; the copy keeps
                 // the session while it is told, even if it ends itself.
                 const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                                 [&](const auto& session) { return session->handle() == easy; });
                 if (found == sessions_.end()) return;
                 const auto session = *found;
                 session->connected(result);
             }),
      next_look_(transport.context) {}

CurlPool::~CurlPool() {
    abort();
}

// The exact share, but one at least: a lane without any could not know whether the relay is up, and would wait for good.
std::size_t CurlPool::limit() const {
    return std::max<std::size_t>(1, transport_.share.of(relay_.connections_max));
}

std::size_t CurlPool::live() const {
    return static_cast<std::size_t>(
        std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->live(); }));
}

std::size_t CurlPool::opening() const {
    return static_cast<std::size_t>(
        std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->opening(); }));
}

std::size_t CurlPool::in_hand() const {
    std::size_t mails = 0;
    for (const auto& session : sessions_) mails += session->in_hand();
    return mails;
}

CurlPool::Standing CurlPool::standing() const {
    if (retired_) return Standing::paused;
    return health_.standing(transport_.settings, transport_.alone(*this), steady_now());
}

bool CurlPool::opens() const {
    return openings_from_ <= steady_now();
}

// Where another relay could take them, no more than one mail is bet on a relay that has taken none for a while.
bool CurlPool::one_at_a_time() const {
    return standing() != Standing::up || (transport_.relays > 1 && !health_.trusted(transport_.settings, steady_now()));
}

/// Sessions saying QUIT count too: the server still counts them.
bool CurlPool::may_open() const {
    const auto open = static_cast<std::size_t>(
        std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) { return !session->closed(); }));
    if (retired_ || open >= limit()) return false;
    if (!one_at_a_time()) return opens();
    const auto standing = this->standing();
    if (opening() > 0 || in_hand() > 0 || standing == Standing::paused) return false;
    return standing != Standing::up || opens();
}

// Idle sessions first. Sessions that are being opened will take a mail each, so only
// what waits beyond them is a reason for more.
void CurlPool::work(std::size_t mails) {
    if (mails == 0) return;
    for (std::size_t i = 0; i < sessions_.size() && !transport_.waiting.empty(); ++i) {
        const auto session = sessions_[i];
        if (session->idle()) session->pump();
    }
    const auto idle = std::any_of(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->idle(); });
    if (idle) return;  // they took what they may
    while (opening() < std::min(mails, transport_.waiting.size()) && may_open()) open();
}

void CurlPool::tend() {
    if (retired_) return;
    const auto standing = this->standing();
    if (standing == Standing::due && may_open()) open();
    if (standing == Standing::paused)
        look_at(next_try());
    else if (!opens())
        look_at(openings_from_);
}

void CurlPool::look_at(SteadyTime then) {
    if (next_look_.expiry() == then) return;
    next_look_.expires_at(then);
    next_look_.async_wait([pool = weak_from_this()](boost::system::error_code error) {
        const auto self = pool.lock();
        if (!error && self) self->changed();
    });
}

void CurlPool::go_on() {
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
        const auto session = sessions_[i];
        session->pump();
    }
}

void CurlPool::open() {
    sessions_.push_back(std::make_shared<CurlSession>(*this));
    sessions_.back()->open();
}

// Behind a dot is the worst place to wait: the mail's envelope is sent, yet its fate hangs on a reply to another mail.
// It is worth it only when no idle session, no new one and none that is being opened could take it.
std::shared_ptr<Parcel> CurlPool::next_mail(bool behind_dot) {
    auto& waiting = transport_.waiting;
    if (waiting.empty() || retired_ || !transport_.may_send()) return nullptr;
    if (one_at_a_time() && (behind_dot || in_hand() > 0)) return nullptr;
    const auto ours = [this](const auto& parcel) { return transport_.target(*parcel) == this; };
    const auto found = std::find_if(waiting.begin(), waiting.end(), ours);
    if (found == waiting.end()) return nullptr;
    if (behind_dot) {
        const bool one_idle =
            std::any_of(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->idle(); });
        if (one_idle || may_open()) return nullptr;
        const auto left = static_cast<std::size_t>(std::count_if(found, waiting.end(), ours));
        if (left <= opening()) return nullptr;
    }
    auto parcel = std::move(*found);
    waiting.erase(found);
    return parcel;
}

void CurlPool::opened() {
    ++transport_.counters.sessions_opened;
    ++transport_.counters.sessions_open;
    transport_.log.debug("session.opened", {{"relay", relay_.name}});
    const bool news = standing() != Standing::up && standing() != Standing::trial;
    health_.reached();
    if (news && transport_.stands) transport_.stands({relay_.name, false, true});
    changed();
}

void CurlPool::decided(const std::shared_ptr<Parcel>& parcel, Reply reply) {
    const auto cause = find_cause(reply);
    reply.relay = relay_.name;
    parcel->trial.clear();
    const bool was_cautious = one_at_a_time();
    if (health_.decided(transport_.settings, reply, cause, transport_.alone(*this), steady_now())) pause(reply);
    if (cause.consequence == Consequence::delivered && health_.well()) {
        transport_.log.info("relay.back", {{"relay", relay_.name}});
        if (transport_.stands) transport_.stands({relay_.name, true});
        told_at_ = {};
    }
    if (was_cautious) changed();
    const bool elsewhere = cause.consequence == Consequence::next_relay || cause.consequence == Consequence::pause_relay;
    if (!elsewhere || transport_.aborting) return parcel->finish(std::move(reply));
    if (transport_.refused) transport_.refused(reply);
    parcel->refusals.push_back(std::move(reply));
    transport_.waiting.push_front(parcel);
    changed();
}

// One mail that takes long is no news while others are decided. Alone, a relay that is slow is better than none.
void CurlPool::impatient(const Reply& silence, SteadyTime since) {
    if (!transport_.alone(*this) && !health_.decided_since(since)) pause(silence);
}

// The counter is for sessions that never opened; one that opened and died of the relay pauses it all the same.
void CurlPool::ended(bool was_open, const std::optional<Reply>& trouble, SteadyTime since) {
    if (was_open) --transport_.counters.sessions_open;
    if (!was_open && trouble) {
        ++transport_.counters.sessions_failed;
        openings_from_ = steady_now() + transport_.settings.relay_probe;
        if (live() == 0) pause(*trouble);
        if (transport_.refused) {
            Reply told = *trouble;
            told.relay = relay_.name;
            transport_.refused(told);
        }
    } else if (trouble && (trouble->failure != Reply::Failure::timeout || !health_.decided_since(since))) {
        pause(*trouble);
    }
    changed();
}

/// Many sessions may fail together; that is one failure of the relay.
void CurlPool::pause(Reply trouble) {
    const auto now = steady_now();
    if (retired_) return;
    const bool was_well = !health_.trouble();
    const bool alone = transport_.alone(*this);
    trouble.relay = relay_.name;
    if (!health_.failed(transport_.settings, trouble, alone, now)) return;
    const auto next_try = std::chrono::duration_cast<Duration>(health_.next_try(transport_.settings, alone) - now);
    if (transport_.stands) transport_.stands({relay_.name, false, false, trouble, next_try});
    const bool told = was_well || now - told_at_ >= told_every;
    if (told) told_at_ = now;
    transport_.log.write(told ? LogLevel::warning : LogLevel::debug, "relay.paused",
                         {{"relay", relay_.name},
                          {"stage", to_word(trouble.stage)},
                          {"failure", to_word(trouble.failure)},
                          {"code", trouble.code},
                          {"detail", trouble.text},
                          {"for", to_text(next_try)}});
    changed();
}

// With a smaller limit sessions too many end, the idle ones first, the others behind the mail that they are at.
void CurlPool::set_limits(const Relay& relay) {
    relay_.connections_max = relay.connections_max;
    relay_.mails_per_session = relay.mails_per_session;
    const auto serves = [](const auto& session) { return !session->closed() && !session->retiring(); };
    auto left = static_cast<std::size_t>(std::ranges::count_if(sessions_, serves));
    for (const bool idle : {true, false})
        for (std::size_t i = 0; i < sessions_.size() && left > limit(); ++i) {
            const auto session = sessions_[i];
            if (!serves(session) || session->idle() != idle) continue;
            --left;
            session->retire();
        }
}

void CurlPool::retire() {
    retired_ = true;
    next_look_.cancel();
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
        const auto session = sessions_[i];
        session->retire();
    }
}

void CurlPool::abort() {
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
        const auto session = sessions_[i];
        session->abort();
    }
}

// Only from the transport's own round: a session must not be destroyed while one of its functions is still running.
void CurlPool::sweep() {
    std::erase_if(sessions_, [](const auto& session) { return session->closed(); });
}

}  // namespace ilbud
