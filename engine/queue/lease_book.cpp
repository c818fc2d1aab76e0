// Two views on the same leases: by row, to find one at once, and a line of ends in the order of lending,
// so that what lapses is found without a look at all. Nothing is taken out of the middle of the line; an
// end that means nothing any more is recognised (is_over) and passed over. The order of lending is the
// order of ending as long as the hold stays the same. After a reload that shortens it, new leases stand
// behind longer ones and end late, never early. A lease that the store gives itself has no end of time
// and holds up those behind it until its settlement is tried, which is in the next commit.
#include "lease_book.hpp"

#include <algorithm>

namespace ilbud {

// Replaces an older lease of the mail, whose token then fits nothing: its holder's settlement is ignored.
std::uint64_t LeaseBook::lend(const WaitingMail& mail, Steady until) {
    const auto token = next_token_++;
    lent_.insert_or_assign(mail.key.row, Lent{mail, token});
    ends_.push_back({until, mail.key.row, token});
    // One mail that is held for long must not keep the ends of all that came and went after it.
    // Twice as many as are lent, so that a sweep is paid for by as many lendings; the
    // constant keeps small books from sweeping at all.
    if (ends_.size() > 2 * lent_.size() + 1024) std::erase_if(ends_, [this](const End& end) { return is_over(end); });
    return token;
}

// A lease that a round has tried to settle counts as well: its outcome is known and
// waits for the disk, so lending the mail again would send it twice.
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

// Asked while a round is being written: what the round itself settles is as good as ended.
bool LeaseBook::is_open(std::uint64_t row, std::uint64_t round) const {
    const auto place = lent_.find(row);
    return place != lent_.end() && place->second.round != round;
}

// Counts them all: for people who ask, not for the way of a mail.
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
        // It stays in the book: its holder may still come, as long as nobody else has got the mail.
        lease.lapsed = true;
        lapsed.push_back(lease.mail);
    }
    return lapsed;
}

}  // namespace ilbud
