// How many sessions a relay gets, and when it is left alone. The rule that matters is that a failure belongs to the
// relay once, however many sessions and mails meet it: a relay that is down for an hour must cost one connection now
// and then and no mail an attempt. News from sessions never changes the list of sessions on the spot; it asks the
// transport to look again, later, when no session is in the middle of something.
#include "curl_pool.hpp"

#include <algorithm>
#include <string_view>

namespace ilbud {

CurlPool::CurlPool(TransportState& transport, Relay relay, std::string helo)
    : transport_(transport),
      relay_(std::move(relay)),
      helo_(std::move(helo)),
      multi_(transport.context, [this](CURL* easy, CURLcode result) {
          // libcurl knows handles only. The search goes over one lane's sessions; the copy keeps
          // the session while it is told, even if it ends itself.
          const auto found =
              std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& session) { return session->handle() == easy; });
          if (found == sessions_.end()) return;
          const auto session = *found;
          session->connected(result);
      }) {}

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

// Live sessions count more than the pause: a relay that refuses further connections still serves those it has.
CurlPool::Standing CurlPool::standing() const {
    if (retired_) return Standing::paused;
    if (pause_ == Duration{} || live() > 0) return Standing::up;
    if (opening() > 0) return Standing::probing;
    return std::chrono::steady_clock::now() >= paused_until_ ? Standing::due : Standing::paused;
}

/// Sessions saying QUIT count too: the server still counts them.
bool CurlPool::may_open() const {
    const auto open = static_cast<std::size_t>(
        std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) { return !session->closed(); }));
    if (retired_ || open >= limit()) return false;
    // While it is in trouble, one session at a time, and only after the pause: a server
    // that recovers is not met by all at once.
    return pause_ == Duration{} || (opening() == 0 && std::chrono::steady_clock::now() >= paused_until_);
}

// Idle sessions first. Sessions that are being opened will take a mail each, so only
// what waits beyond them is a reason for more.
void CurlPool::work() {
    for (std::size_t i = 0; i < sessions_.size() && !transport_.waiting.empty(); ++i) {
        const auto session = sessions_[i];
        if (session->idle()) session->pump();
    }
    while (opening() < transport_.waiting.size() && may_open()) open();
}

void CurlPool::go_on() {
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
        const auto session = sessions_[i];
        session->pump();
    }
}

void CurlPool::open() {
    sessions_.push_back(std::make_shared<CurlSession>(*this, pause_ != Duration{}));
    sessions_.back()->open();
}

// Behind a dot is the worst place to wait: the mail's envelope is sent, yet its fate hangs on a reply to another mail.
// It is worth it only when no idle session, no new one and none that is being opened could take it.
std::shared_ptr<Parcel> CurlPool::next_mail(bool behind_dot) {
    auto& waiting = transport_.waiting;
    if (waiting.empty() || retired_ || !transport_.may_send() || !transport_.chosen(*this)) return nullptr;
    if (behind_dot) {
        const bool one_idle =
            std::any_of(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->idle(); });
        if (one_idle || may_open() || waiting.size() <= opening()) return nullptr;
    }
    auto parcel = std::move(waiting.front());
    waiting.pop_front();
    return parcel;
}

void CurlPool::opened(const CurlSession& session) {
    ++transport_.counters.sessions_opened;
    ++transport_.counters.sessions_open;
    transport_.log.debug("session.opened", {{"relay", relay_.name}});
    // Trouble from before MAIL is over as soon as a session opens. Trouble later (sessions that died at the first mail)
    // is over only when a mail gets an answer, else the pause would begin anew at its shortest each time.
    if (session.probe() && trouble_ && trouble_->stage <= Stage::auth) resume();
    changed();
}

/// Only a session begun since the trouble tells that it is over.
void CurlPool::proved(const CurlSession& session) {
    if (session.probe()) resume();
}

void CurlPool::resume() {
    if (pause_ == Duration{}) return;
    pause_ = {};
    paused_until_ = {};
    trouble_.reset();
    transport_.log.info("relay.back", {{"relay", relay_.name}});
    changed();
}

// The counter is for sessions that never opened; one that opened and died of the relay pauses it all the same.
void CurlPool::ended(bool was_open, const std::optional<Reply>& trouble) {
    if (was_open) --transport_.counters.sessions_open;
    if (!was_open && trouble) ++transport_.counters.sessions_failed;
    if (trouble) pause(*trouble);
    changed();
}

/// Many sessions may fail together; that is one failure of the relay.
void CurlPool::pause(const Reply& trouble) {
    const auto now = std::chrono::steady_clock::now();
    if (now < paused_until_ || retired_) return;
    const DeliverySettings& settings = transport_.settings;
    // A pause that was served and not followed by success doubles.
    pause_ = pause_ == Duration{} ? settings.relay_pause : std::min(pause_ * 2, settings.relay_pause_max);
    // Zero means "in order": settings of zero must not turn trouble into that.
    pause_ = std::max(pause_, Duration(std::chrono::milliseconds(1)));
    paused_until_ = now + pause_;
    trouble_ = trouble;
    trouble_->relay = relay_.name;
    // Told to mails that never left: for them nothing is uncertain.
    trouble_->content_sent = false;
    transport_.log.warning("relay.paused", {{"relay", relay_.name},
                                            {"stage", to_word(trouble.stage)},
                                            {"failure", to_word(trouble.failure)},
                                            {"code", trouble.code},
                                            {"detail", trouble.text},
                                            {"for", to_text(pause_)}});
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
