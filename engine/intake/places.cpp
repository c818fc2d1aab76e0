// Looked through from end to end for each newcomer that finds all places taken: some hundred entries, once each, which costs less
// than accepting the connection did. Equal shares need no reserved places: while there is room, one user may have all of it.
#include "places.hpp"

#include <map>
#include <tuple>

namespace ilbud {
namespace {

struct Holder {
    std::size_t places = 0;
    std::optional<std::size_t> longest_idle;
};

std::map<uid_t, Holder> by_user(const std::vector<Place>& places) {
    std::map<uid_t, Holder> holders;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& place = places[i];
        auto& holder = holders[place.user];
        ++holder.places;
        if (place.owed) continue;
        if (!holder.longest_idle || place.idle_since < places[*holder.longest_idle].idle_since) holder.longest_idle = i;
    }
    return holders;
}

}  // namespace

std::optional<std::size_t> place_to_clear(const std::vector<Place>& places, uid_t newcomer) {
    auto holders = by_user(places);
    const auto own = ++holders[newcomer].places;
    const bool more_users_than_places = holders.size() > places.size();
    // Ranked by who has most, of equals the newcomer's own: else two users with as many would throw each other out in turn. Then by
    // who has been idle longest.
    using Rank = std::tuple<std::size_t, bool, SteadyTime::duration>;
    std::optional<Rank> best;
    std::optional<std::size_t> chosen;
    for (const auto& [user, holder] : holders) {
        const bool may_go = user == newcomer || holder.places > own || (own == 1 && more_users_than_places);
        if (!holder.longest_idle || !may_go) continue;
        const Rank rank{holder.places, user == newcomer, SteadyTime::max() - places[*holder.longest_idle].idle_since};
        if (best && *best >= rank) continue;
        best = rank;
        chosen = holder.longest_idle;
    }
    return chosen;
}

}  // namespace ilbud
