// A switch, not a map: a language that is added to Locale without its table fails to
// compile (-Wswitch) instead of falling back silently.
#include "domain_words.hpp"

namespace ilbud {

const DomainWords& domain_words(Locale locale) {
    switch (locale) {
        case Locale::da:
            return danish_domain_words();
        case Locale::nb:
            return norwegian_domain_words();
        case Locale::sv:
            return swedish_domain_words();
        case Locale::de:
            return german_domain_words();
        case Locale::en:
            break;
    }
    return english_domain_words();
}

}  // namespace ilbud
