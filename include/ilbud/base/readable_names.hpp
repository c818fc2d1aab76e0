/// Names with other letters than those of the DNS, so that their owner can read them: "xn--bl-zia.example (blå.example)".
///
/// Pure  but that it remembers what has been said
#pragma once
#include <set>
#include <string>
#include <string_view>

namespace ilbud {

/// `name` with the letters that its labels stand for (U-labels, RFC 5890); empty if there are none, or they are not sound.
[[nodiscard]] std::string readable_name(std::string_view name);

/// A name, or an address by its domain, as people write it: with the letters it stands for where they are sound, else as it is.
[[nodiscard]] std::string as_written(std::string_view name_or_address);

/// One letter's.
class ReadableNames {
 public:
    /// `text` with the readable form behind each name in it that has labels which were not told before.
    [[nodiscard]] std::string told(std::string_view text);

 private:
    std::set<std::string, std::less<>> told_;  // labels
};

}  // namespace ilbud
