/// A page that shows one mail to somebody who has to like it: at a phone's and a desktop's width, light and dark, its text, its
/// header, its size and what is remarkable about it.
///
/// Pure
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sheet.hpp"

namespace ilbud {

/// `index`, if there is one, is the address of the page that leads to this one.
[[nodiscard]] std::string preview_page(const PreviewSheet& sheet, std::string_view index = {});

/// A page that says why there is nothing to show.
[[nodiscard]] std::string refusal_page(std::string_view title, const std::vector<Error>& errors);

/// "subscriber / subscription"
[[nodiscard]] std::string term_text(const Account& account);

}  // namespace ilbud
