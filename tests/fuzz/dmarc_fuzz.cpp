// DMARC records from strangers: whatever the bytes, what is proposed in their place applies, is free of faults, and asks for no more
// than it may.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ilbud/dns/dmarc_record.hpp"

namespace {

using namespace ilbud;

void must(bool holds) {
    if (!holds) std::abort();
}

DmarcPolicy strictest(const Dmarc& record) {
    return std::max(
        {record.policy, record.subdomain_policy.value_or(record.policy), record.absent_policy.value_or(record.policy)});
}

void propose(const std::vector<std::string>& records) {
    for (const auto most : {DmarcPolicy::none, DmarcPolicy::quarantine, DmarcPolicy::reject}) {
        const auto proposal = dmarc_proposal(records, most);
        const auto read = parse_dmarc(proposal);
        must(read.applies && !read.assumed && read.problems.empty() && strictest(read) <= most);
        must(!dmarc_slip(proposal));
        must(dmarc_proposal({proposal}, most) == proposal);
    }
}

void tidy(const std::string& text) {
    const auto before = parse_dmarc(text);
    if (!before.applies || before.assumed || dmarc_slip(text)) return;
    const auto after = parse_dmarc(dmarc_tidied(text));
    must(after.applies && !after.assumed && after.percent == before.percent);
    must(after.policy == before.policy && after.testing == (before.testing && strictest(before) != DmarcPolicy::none));
    must(after.subdomain_policy.value_or(after.policy) == before.subdomain_policy.value_or(before.policy));
    must(after.dkim == before.dkim && after.spf == before.spf);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    if (const auto slip = dmarc_slip(input)) must(slip->at <= input.size());
    for (const auto* version : {"", "v=DMARC1; ", "v=DMARC1; p=reject; "}) {
        const auto text = version + input;
        propose({text});
        tidy(text);
    }
    const auto half = input.size() / 2;
    propose({"v=DMARC1; p=" + input.substr(0, half), "v=DMARC1; p=" + input.substr(half)});
    return 0;
}
