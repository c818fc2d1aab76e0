// Two views on the same leases: by row, to find one at once, and a heap of ends, the earliest on top, so that what lapses is
// found without a look at all. The heap and not a line in the order of lending: a reload that shortens the hold, a renewal and a
// lease without an end all break that order. Nothing is taken out of its middle: an end that means nothing any more is recognised
// when it comes to the top (is_over), and one that was moved by a renewal goes back in at its new place. A lease's end in the heap
// is thus never later than the lease's own.
#include "lease_book.hpp"

#include <algorithm>

namespace ilbud {

// Replaces an older lease of the mail, whose token then fits nothing: its holder's settlement is ignored.
std::uint64_t LeaseBook::lend(const WaitingMail& mail, Steady until) {
    const auto token = next_token_++;
    Lent lent{mail, token, until};
    if (const auto before = lent_.find(mail.key.row); before != lent_.end()) lent.before = before->second.token;
    lent_.insert_or_assign(mail.key.row, lent);
    note_end({until, mail.key.row, token});
    return token;
}

void LeaseBook::note_end(const End& end) {
    // One mail that is held for long must not keep the ends of all that came and went after it.
    // Twice as many as are lent, so that a sweep is paid for by as many lendings; the
    // constant keeps small books from sweeping at all.
    if (ends_.size() > 2 * lent_.size() + 1024) {
        std::erase_if(ends_, [this](const End& old) { return is_over(old); });
        std::ranges::make_heap(ends_, later);
    }
    ends_.push_back(end);
    std::ranges::push_heap(ends_, later);
}

LeaseBook::End LeaseBook::take_first_end() {
    std::ranges::pop_heap(ends_, later);
    const auto end = ends_.back();
    ends_.pop_back();
    return end;
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

std::optional<LeaseBook::Steady> LeaseBook::renew(std::uint64_t row, std::uint64_t token, Steady until) {
    auto* const lease = find(row, token);
    if (lease == nullptr || lease->lapsed) return std::nullopt;
    lease->until = std::max(lease->until, until);
    return lease->until;
}

void LeaseBook::take_back(std::uint64_t row, std::uint64_t token) {
    auto* const lease = find(row, token);
    if (lease == nullptr) return;
    if (lease->before == 0) {
        end(row);
        return;
    }
    lease->token = std::exchange(lease->before, 0);
    lease->lapsed = true;
    lease->round = 0;
}

std::optional<WaitingMail> LeaseBook::revive(std::uint64_t row, std::uint64_t token, Steady until) {
    auto* const lease = find(row, token);
    if (lease == nullptr || !lease->lapsed) return std::nullopt;
    lease->lapsed = false;
    lease->until = until;
    note_end({until, row, token});
    return lease->mail;
}

void LeaseBook::not_settled(std::uint64_t row, std::uint64_t token, Steady until) {
    auto* const lease = find(row, token);
    if (lease == nullptr || lease->lapsed || lease->round == 0) return;
    lease->round = 0;
    lease->until = until;
    note_end({until, row, token});
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
        if (is_over(ends_.front())) {
            take_first_end();
            continue;
        }
        if (ends_.front().until > now) break;
        auto end = take_first_end();
        auto& lease = lent_.at(end.row);
        if (lease.until > end.until) {
            end.until = lease.until;  // renewed
            note_end(end);
            continue;
        }
        // It stays in the book: its holder may still come, as long as nobody else has got the mail.
        lease.lapsed = true;
        lapsed.push_back(lease.mail);
    }
    return lapsed;
}

}  // namespace ilbud
