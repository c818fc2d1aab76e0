// Two sorted lists walked side by side: memory is that of the lists, and millions of mails take seconds. Ids
// are fixed arrays, so sorting moves no strings.
#include "exactly_once.hpp"

#include <algorithm>

namespace ilbud::bench {

// A shorter id is filled with zeros and equals no real one.
MailId::MailId(std::string_view id) {
    std::copy_n(id.begin(), std::min(id.size(), text.size()), text.begin());
}

Tally compare(std::vector<Planned>& planned, std::vector<Arrival>& arrivals,
              const std::function<void(const Planned&, SteadyTime)>& each) {
    // Ties of one mail stand in the order of arrival: the first one counts
    // for its latency, the others as doubled.
    std::sort(planned.begin(), planned.end(), [](const Planned& left, const Planned& right) { return left.mail < right.mail; });
    std::sort(arrivals.begin(), arrivals.end(), [](const Arrival& left, const Arrival& right) {
        return left.mail != right.mail ? left.mail < right.mail : left.at < right.at;
    });
    Tally tally;
    tally.planned = planned.size();
    auto arrival = arrivals.begin();
    const auto skip_same = [&] {  // the further arrivals of the mail that `arrival` is about
        const auto next = std::find_if(arrival, arrivals.end(), [&](const Arrival& one) { return one.mail != arrival->mail; });
        const auto more = static_cast<std::uint64_t>(next - arrival) - 1;
        arrival = next;
        return more;
    };
    // Arrivals before this mail's place belong to none that was promised.
    for (const auto& mail : planned) {
        while (arrival != arrivals.end() && arrival->mail < mail.mail) {
            ++tally.unexpected;
            tally.duplicated += skip_same();
        }
        if (arrival == arrivals.end() || arrival->mail != mail.mail) {
            ++tally.lost;
            continue;
        }
        // Also for a mail that came twice: its latency is that of the first.
        if (each) each(mail, arrival->at);
        tally.duplicated += skip_same();
    }
    // What is left behind the last planned mail was not promised either.
    while (arrival != arrivals.end()) {
        ++tally.unexpected;
        tally.duplicated += skip_same();
    }
    return tally;
}

}  // namespace ilbud::bench
