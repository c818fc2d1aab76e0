// The public suffix list by libpsl: the list is data that changes every week, so none is kept in this tree. Without any
// list every name stands for itself, which makes alignment strict and never wrongly wide.
#include <libpsl.h>

#include <memory>

#include "ilbud/base/text.hpp"
#include "ilbud/dns/mail_records.hpp"

namespace ilbud {
namespace {

struct Free {
    void operator()(psl_ctx_t* list) const { psl_free(list); }
};

// The list that the system keeps up to date, or the one built into the library, whichever is newer. Read-only once loaded.
// Read at the first question, whichever thread asks it, and kept until the process
// ends: a newer list counts from the next start.
const psl_ctx_t* suffixes() {
    static const std::unique_ptr<psl_ctx_t, Free> list(psl_latest(nullptr));
    return list.get();
}

}  // namespace

std::string organisational_domain(std::string_view domain) {
    auto name = lower_case(domain);
    if (name.ends_with('.')) name.pop_back();
    // libpsl takes names in lower-case UTF-8 or A-labels and answers with a part of what it was given.
    const auto* list = suffixes();
    // A part of `name`, not a copy: it dies with it, so it is made a string before the
    // return. Null: the name is a public suffix itself, or no name.
    const char* registrable = list == nullptr ? nullptr : psl_registrable_domain(list, name.c_str());
    return registrable == nullptr ? name : registrable;
}

}  // namespace ilbud
