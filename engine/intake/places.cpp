// Looked through from end to end for each newcomer that finds all places taken: some hundred entries, which costs less than
// accepting the connection did. Equal shares need no reserved places: while there is room, one user may have all of it.
#include "places.hpp"

#include <map>
#include <tuple>

namespace ilbud {

std::optional<std::size_t> place_to_clear(const std::vector<Place>& places, uid_t newcomer) {
    std::map<uid_t, std::size_t> held;
    ++held[newcomer];
    for (const auto& place : places) ++held[place.user];
    const std::size_t own = held[newcomer];
    const bool more_users_than_places = held.size() > places.size();
    // The greediest user, of equals the newcomer's own: else two users with as many would throw each other out in turn.
    const auto rank = [&](const Place& place) { return std::tuple(held[place.user], place.user == newcomer); };
    std::optional<std::size_t> chosen;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& place = places[i];
        const bool may_go = place.user == newcomer || held[place.user] > own || (own == 1 && more_users_than_places);
        if (place.owed || !may_go) continue;
        if (!chosen || rank(place) > rank(places[*chosen]) ||
            (rank(place) == rank(places[*chosen]) && place.idle_since < places[*chosen].idle_since))
            chosen = i;
    }
    return chosen;
}

}  // namespace ilbud
