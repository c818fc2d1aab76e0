// The steps are those of RFC 9989 §4.10. A failure ends a walk: what stands above the name that failed cannot be told from what
// was passed over, so nothing but a record at the name itself is certain then.
#include "ilbud/dns/dmarc_walk.hpp"

#include <algorithm>
#include <utility>

#include "ilbud/base/text.hpp"

namespace ilbud {
namespace {

// Names of eight labels or more go on with their last seven (step 4), which bounds a walk to eight questions.
constexpr std::ptrdiff_t labels_above_max = 7;

std::ptrdiff_t labels_of(std::string_view domain) {
    return domain.empty() ? 0 : std::count(domain.begin(), domain.end(), '.') + 1;
}

std::string_view parent_of(std::string_view domain) {
    const auto dot = domain.find('.');
    return dot == std::string_view::npos ? std::string_view() : domain.substr(dot + 1);
}

std::string_view last_labels(std::string_view domain, std::ptrdiff_t count) {
    while (labels_of(domain) > count) domain = parent_of(domain);
    return domain;
}

bool is_or_below(std::string_view domain, std::string_view above) {
    return domain == above ||
           (domain.size() > above.size() && domain.ends_with(above) && domain[domain.size() - above.size() - 1] == '.');
}

std::string plain(std::string_view domain) {
    auto name = lower_case(domain);
    if (name.ends_with('.')) name.pop_back();
    return name;
}

const DmarcPlace* place_of(const DmarcWalk& walk, std::string_view domain) {
    for (const auto& place : walk.places())
        if (place.record && place.domain == domain) return &place;
    return nullptr;
}

}  // namespace

DmarcWalk::DmarcWalk(std::string_view domain) : domain_(plain(domain)), next_(domain_) {}

std::string DmarcWalk::question() const {
    return next_.empty() ? std::string() : "_dmarc." + next_;
}

void DmarcWalk::answer(DnsAnswer answer) {
    DmarcPlace place{std::exchange(next_, {}), std::move(answer), {}, {}};
    std::copy_if(place.answer.records.begin(), place.answer.records.end(), std::back_inserter(place.records), is_dmarc);
    // Steps 2 and 6: several records are all discarded, and so is one that is no valid list.
    if (place.records.size() == 1)
        if (auto record = parse_dmarc(place.records.front()); record.valid) place.record = std::move(record);
    const bool stop = place.answer.status == DnsStatus::failed || (place.record && place.record->suffix != DmarcSuffix::unsaid);
    if (!stop) next_ = last_labels(parent_of(place.domain), labels_above_max);
    places_.push_back(std::move(place));
}

bool DmarcWalk::failed() const {
    return !places_.empty() && places_.back().answer.status == DnsStatus::failed;
}

std::string DmarcWalk::failure() const {
    return failed() ? places_.back().answer.failure : std::string();
}

const Dmarc* DmarcWalk::own_record() const {
    return places_.empty() || !places_.front().record ? nullptr : &*places_.front().record;
}

// §4.10.2, from the longest name to the shortest.
std::optional<std::string> DmarcWalk::organisation() const {
    if (!next_.empty() || failed()) return std::nullopt;
    const auto* shortest = &domain_;
    for (const auto& place : places_) {
        if (!place.record) continue;
        if (place.record->suffix == DmarcSuffix::no) return place.domain;
        if (place.record->suffix == DmarcSuffix::yes && place.domain != domain_)
            return std::string(last_labels(domain_, labels_of(place.domain) + 1));
        shortest = &place.domain;
    }
    return *shortest;
}

DmarcDiscovery discover_dmarc(const DmarcWalk& walk, bool exists) {
    DmarcDiscovery out;
    if (walk.own_record() != nullptr) {
        out.place = &walk.places().front();
    } else {
        const auto organisation = walk.organisation();
        if (!organisation) return out;
        out.place = place_of(walk, *organisation);
        // §4.10.1: a public suffix's policy only where the organisation has none. A walk ends at such a record.
        if (out.place == nullptr && !walk.places().empty() && walk.places().back().record &&
            walk.places().back().record->suffix == DmarcSuffix::yes)
            out.place = &walk.places().back();
        out.inherited = out.place != nullptr;
    }
    out.outcome =
        out.place != nullptr && out.place->record->applies ? DmarcDiscovery::Outcome::found : DmarcDiscovery::Outcome::none;
    if (out.outcome == DmarcDiscovery::Outcome::none) return out;
    const auto& record = *out.place->record;
    out.policy = record.policy;
    if (out.inherited) {
        out.policy = record.subdomain_policy.value_or(record.policy);
        if (!exists) out.policy = record.absent_policy.value_or(out.policy);
    }
    out.named = out.policy;
    if (record.testing) out.policy = softened(out.policy);
    return out;
}

bool may_align(std::string_view author, std::string_view other) {
    const auto left = plain(author), right = plain(other);
    return left != right && last_labels(left, 1) == last_labels(right, 1);
}

// An organisational domain is the name itself or one above it, so only what lies at or below the author's can have the same.
bool must_walk(const DmarcWalk& author, std::string_view other) {
    const auto organisation = author.organisation();
    return may_align(author.domain(), other) && organisation && is_or_below(plain(other), *organisation);
}

std::optional<bool> dmarc_aligned(const DmarcWalk& author, const DmarcWalk& identifier, DmarcAlignment how) {
    if (author.domain() == identifier.domain()) return true;
    if (how == DmarcAlignment::strict || !may_align(author.domain(), identifier.domain())) return false;
    const auto organisation = author.organisation();
    if (!organisation) return std::nullopt;
    if (!is_or_below(identifier.domain(), *organisation)) return false;
    const auto other = identifier.organisation();
    if (!other) return std::nullopt;
    return *other == *organisation;
}

}  // namespace ilbud
