#include "icu_uts46.hpp"

#include <stdexcept>
#include <string>

namespace ilbud {

// Opened once and never closed: at exit a lane may still ask. Opening loads
// ICU's data, so it waits for the first name that needs it.
const UIDNA& uts46() {
    static const UIDNA* const instance = [] {
        UErrorCode status = U_ZERO_ERROR;
        const UIDNA* opened = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                                  UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                              &status);
        if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU has no IDNA data: ") + u_errorName(status));
        return opened;
    }();
    return *instance;
}

}  // namespace ilbud
