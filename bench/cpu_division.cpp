// Threads can be measured in a run, stages within a lane cannot without slowing it down. So the lanes' time is
// divided by what their stages cost alone, timed on the same machine just before and after; what is left over
// is shown as the rest, not spread over the stages. The budgets are in R, so that they hold on any processor.
#include "cpu_division.hpp"

#include <algorithm>

namespace ilbud::bench {

std::vector<CpuPart> divide_cpu(const ThreadCpu& threads, const CpuTime& total, std::uint64_t mails,
                                const std::optional<LaneCosts>& costs, bool tls) {
    // Without mails or without CPU there is nothing to divide by.
    if (mails == 0 || total.total() <= 0) return {};
    const auto a_mail = [&](double seconds) { return seconds * 1e6 / static_cast<double>(mails); };
    double intake = 0;
    double journal = 0;
    double lanes = 0;
    // By the names that the daemon gives its threads; whatever has another name is "other".
    for (const auto& [name, cpu] : threads) {
        if (name == "main") intake += a_mail(cpu.total());
        if (name == "store") journal += a_mail(cpu.total());
        if (name.starts_with("lane-")) lanes += a_mail(cpu.total());
    }
    // Clipped at zero: the process and its threads are read one after the other, and may disagree by a tick.
    const double other = std::max(0.0, a_mail(total.total()) - intake - journal - lanes);

    std::vector<CpuPart> parts{{"intake", "take, check and decide events", intake, 0.02, "main", false}};
    // Alone, a stage has the caches for itself, so the sum is mostly below the lanes' time; where it is above,
    // all are scaled alike, so that the parts still add up.
    if (costs && lanes > 0) {
        const double alone = costs->render + costs->compose + costs->sign + costs->send;
        const double scale = alone > lanes ? lanes / alone : 1;
        parts.push_back({"render", "render, Markdown included", costs->render * scale, 0.25, "lanes", true});
        parts.push_back({"compose", "compose", costs->compose * scale, 0.04, "lanes", true});
        parts.push_back({"sign", "hash and sign", costs->sign * scale, 1.06, "lanes", true});
        // With TLS a mail is encrypted besides; hence another budget.
        parts.push_back({"send", tls ? "send, with TLS" : "send", costs->send * scale, tls ? 0.35 : 0.10, "lanes", true});
        parts.push_back({"lanes_rest", "lanes' rest: log, wake-ups, caches", lanes - alone * scale, 0, "lanes", true});
    } else {
        // The sum of the four budgets above.
        parts.push_back({"lanes", "render, compose, sign, send", lanes, tls ? 1.70 : 1.45, "lanes", false});
    }
    parts.push_back({"journal", "journal", journal, 0.07, "store", false});
    parts.push_back({"other", "other threads", other, 0, "other", false});
    return parts;
}

}  // namespace ilbud::bench
