#include "lease_book.hpp"

#include <algorithm>

namespace ilbud {

std::uint64_t LeaseBook::lend(const WaitingMail& mail, Steady until) {
    const auto token = next_token_++;
    lent_.insert_or_assign(mail.key.row, Lent{mail, token});
    ends_.push_back({until, mail.key.row, token});
    // One mail that is held for long must not keep the ends of all that came and went after it.
    if (ends_.size() > 2 * lent_.size() + 1024) std::erase_if(ends_, [this](const End& end) { return is_over(end); });
    return token;
}

bool LeaseBook::is_over(const End& end) const {
    const auto place = lent_.find(end.row);
    return place == lent_.end() || place->second.token != end.token || place->second.lapsed || place->second.round != 0;
}

LeaseBook::Lent* LeaseBook::find(std::uint64_t row, std::uint64_t token) {
    const auto place = lent_.find(row);
    return place != lent_.end() && place->second.token == token ? &place->second : nullptr;
}

bool LeaseBook::is_out(std::uint64_t row) const {
    const auto place = lent_.find(row);
    return place != lent_.end() && !place->second.lapsed;
}

bool LeaseBook::is_open(std::uint64_t row, std::uint64_t round) const {
    const auto place = lent_.find(row);
    return place != lent_.end() && place->second.round != round;
}

std::size_t LeaseBook::out() const {
    return static_cast<std::size_t>(std::ranges::count_if(lent_, [](const auto& entry) { return !entry.second.lapsed; }));
}

std::vector<WaitingMail> LeaseBook::lapse(Steady now) {
    std::vector<WaitingMail> lapsed;
    while (!ends_.empty()) {
        const auto end = ends_.front();
        if (is_over(end)) {
            ends_.pop_front();
            continue;
        }
        if (end.until > now) break;
        ends_.pop_front();
        auto& lease = lent_.at(end.row);
        lease.lapsed = true;
        lapsed.push_back(lease.mail);
    }
    return lapsed;
}

}  // namespace ilbud
