#include "curl_pool.hpp"

#include <algorithm>
#include <string_view>

namespace ilbud {

CurlPool::CurlPool(TransportState& transport, Relay relay, std::string helo)
    : transport_(transport),
      relay_(std::move(relay)),
      helo_(std::move(helo)),
      multi_(transport.context, [this](CURL* easy, CURLcode result) {
          const auto found =
              std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& session) { return session->handle() == easy; });
          if (found == sessions_.end()) return;
          const auto session = *found;
          session->connected(result);
      }) {}

CurlPool::~CurlPool() {
    abort();
}

std::size_t CurlPool::limit() const {
    const auto lanes = static_cast<std::size_t>(std::max(transport_.lanes, 1));
    return std::max<std::size_t>(1, (relay_.connections_max + lanes - 1) / lanes);
}

std::size_t CurlPool::live() const {
    return static_cast<std::size_t>(
        std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->live(); }));
}

std::size_t CurlPool::opening() const {
    return static_cast<std::size_t>(
        std::count_if(sessions_.begin(), sessions_.end(), [](const auto& session) { return session->opening(); }));
}

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
    return pause_ == Duration{} || (opening() == 0 && std::chrono::steady_clock::now() >= paused_until_);
}

void CurlPool::work() {
    for (std::size_t i = 0; i < sessions_.size() && !transport_.waiting.empty(); ++i) {
        const auto session = sessions_[i];
        if (session->idle()) session->pump();
    }
    while (opening() < transport_.waiting.size() && may_open()) open();
}

void CurlPool::open() {
    sessions_.push_back(std::make_shared<CurlSession>(*this, pause_ != Duration{}));
    sessions_.back()->open();
}

std::shared_ptr<Parcel> CurlPool::next_mail(bool behind_dot) {
    auto& waiting = transport_.waiting;
    if (waiting.empty() || retired_ || !transport_.chosen(*this)) return nullptr;
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
    pause_ = pause_ == Duration{} ? settings.relay_pause : std::min(pause_ * 2, settings.relay_pause_max);
    pause_ = std::max(pause_, Duration(std::chrono::milliseconds(1)));
    paused_until_ = now + pause_;
    trouble_ = trouble;
    trouble_->relay = relay_.name;
    trouble_->content_sent = false;
    transport_.log.warning("relay.paused", {{"relay", relay_.name},
                                            {"stage", to_word(trouble.stage)},
                                            {"failure", to_word(trouble.failure)},
                                            {"code", trouble.code},
                                            {"detail", trouble.text},
                                            {"for", to_text(pause_)}});
}

void CurlPool::set_limits(const Relay& relay) {
    relay_.connections_max = relay.connections_max;
    relay_.mails_per_session = relay.mails_per_session;
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

void CurlPool::sweep() {
    std::erase_if(sessions_, [](const auto& session) { return session->closed(); });
}

}  // namespace ilbud
