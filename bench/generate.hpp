/// Events for measuring: a believable mix of kinds, names, languages and units, the same for the same seed.
///
/// In    a seed, the units, how often each kind occurs; the number of the event
/// Out   one event as a line of JSON; every event makes exactly one mail, signed 7 to 10 KB large
/// Pure  line(n) depends on the constructor's arguments and n alone
/// See   DOMAIN §4
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ilbud/base/json.hpp"
#include "ilbud/base/result.hpp"
#include "ilbud/base/time.hpp"
#include "ilbud/settings/kinds.hpp"

namespace ilbud::bench {

/// How often each kind occurs, relative to the others; by Kind.
inline constexpr std::size_t mixed_kinds = static_cast<std::size_t>(Kind::notice);  ///< the six of DOMAIN §3 are the first
using Mix = std::array<int, mixed_kinds>;
inline constexpr Mix usual_mix{5, 15, 5, 10, 25, 40};

/// A kind that events of the bench can make.
[[nodiscard]] std::optional<Kind> parse_kind(std::string_view word);
/// Reads "invoice=3,welcome=1"; kinds not named do not occur. Errors  invalid_value
Result<Mix> parse_mix(std::string_view text);
/// So many mails of one kind at once.
/// A load on top of what else is fed.
struct Burst {
    Kind kind{};
    std::uint64_t count = 0;
};
/// Reads "invoice:100000". Errors  invalid_value
Result<Burst> parse_burst(std::string_view text);
/// "confirmation=5,welcome=15,…"
[[nodiscard]] std::string mix_text(const Mix& mix);
[[nodiscard]] Mix only(Kind kind);

/// The form that asks for a confirmation first; all others are the default.
inline constexpr std::string_view confirming_form = "confirm";

/// A unit that events name.
struct BenchUnit {
    std::string id;
    bool english = false;                          ///< whether subscribers may choose English
    std::string form;                              ///< for a welcome mail; empty: none named
    std::string form_confirming{confirming_form};  ///< empty: confirmations cannot be made for this unit
};

/// "unit-1" to "unit-<count>", as the bench's own settings have them.
[[nodiscard]] std::vector<BenchUnit> bench_units(std::size_t count);

/// May be used by several threads at once: nothing in it changes after the construction.
class Generator {
 public:
    Generator(std::uint64_t seed, std::vector<BenchUnit> units, const Mix& mix, Time now);

    /// Without a line end. Numbers need not come in order, and a line may be made again.
    [[nodiscard]] std::string line(std::uint64_t number) const;
    [[nodiscard]] Kind kind(std::uint64_t number) const;
    [[nodiscard]] const std::string& source() const { return source_; }
    /// The number in an event's id; nothing if the id is not one of ours.
    [[nodiscard]] static std::optional<std::uint64_t> number_of(std::string_view id);

 private:
    struct Draw;
    struct Subject;
    [[nodiscard]] Kind kind_of(Draw& draw) const;
    static void write_sign_up(JsonWriter& json, const Subject& subject, Draw& draw);
    static void write_ending(JsonWriter& json, const Subject& subject, Draw& draw);
    static void write_charge(JsonWriter& json, const Subject& subject, Draw& draw);
    static void write_invoice(JsonWriter& json, const Subject& subject, Draw& draw);

    std::uint64_t seed_;
    std::vector<BenchUnit> units_;
    Mix mix_;
    int weight_total_ = 0;
    Time now_;
    std::string source_;
};

}  // namespace ilbud::bench
