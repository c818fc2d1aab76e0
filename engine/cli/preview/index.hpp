/// The page that leads to the previews of many mails: kinds and situations as rows, languages as columns, to be searched.
///
/// Pure
#pragma once
#include <string>
#include <vector>

#include "situations.hpp"

namespace ilbud {

/// One language of a row. `html` is the whole HTML part: the index shows it in a frame.
struct IndexCell {
    Locale locale{};        ///< asked for
    Locale written{};       ///< another one if there are no texts in `locale`
    std::string page, eml;  ///< addresses, relative to the index
    std::string subject, from, to, html;
    std::size_t warnings = 0, remarks = 0;
};

struct IndexRow {
    const Situation* situation = nullptr;
    std::string term;        ///< "member / membership"; empty: the texts have no such word
    bool usual_term = true;  ///< the account's own: shown until another is chosen
    std::vector<IndexCell> cells;
    std::string not_mailed;  ///< in place of cells: why there is no mail
};

struct PreviewIndex {
    std::string unit;
    std::vector<IndexRow> rows;  ///< by kind, situation and term
};

/// The rows must be sorted by situation; they are shown in their order.
[[nodiscard]] std::string index_page(const PreviewIndex& index);

}  // namespace ilbud
